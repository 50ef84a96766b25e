package io.ratelimit.testkit.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue.LimitScope;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.Time;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** In-memory queues share the limits of a scope. */
class InMemoryLimitScopeContractTest extends LimitScopeContract {

  private static final RateLimit LIMIT = RateLimit.of(100).perSecond().withBurst(100);

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @Override
  protected List<EventQueue> createQueues(RateLimit limit, List<Limits> limits) {
    LimitScope scope = LimitScope.create();
    return limits.stream()
        .map(
            each ->
                (EventQueue)
                    InMemoryEventQueue.builder(limit).time(time).scope(scope).limits(each).build())
        .toList();
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }

  @Test
  void queuesOfAScopeLiveInOneTime() {
    LimitScope scope = LimitScope.create();
    InMemoryEventQueue unused = InMemoryEventQueue.builder(LIMIT).time(time).scope(scope).build();

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> InMemoryEventQueue.builder(LIMIT).time(Time.system()).scope(scope).build())
        .withMessageStartingWith("the queues of a scope must share one Time");
  }

  @Test
  void whoMayStartBecauseOfAnotherQueueIsTold() {
    Limits wallets = Limits.builder().maxInFlight("wallet", AuditEvent::walletId, 1).build();
    List<EventQueue> both = createQueues(LIMIT, List.of(wallets, wallets));
    AuditEvent event = AuditEvent.of("id", EventType.of("T"), "w");
    both.forEach(queue -> queue.publish(event));
    TakeRequest request = new TakeRequest("r", "w", 1, Duration.ofHours(1));
    assertThat(both.get(0).take(request)).isInstanceOf(TakeResult.Taken.class);
    assertThat(both.get(1).take(request)).isInstanceOf(TakeResult.Empty.class);
    AtomicInteger heard = new AtomicInteger();
    both.get(1).onChange(heard::incrementAndGet);

    both.get(0).close();

    assertThat(heard).as("what was in flight ended with its queue").hasValue(1);
    assertThat(both.get(1).take(request)).isInstanceOf(TakeResult.Taken.class);
  }
}
