package io.ratelimit.testkit.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.time.Time;
import io.ratelimit.testkit.queue.FaultyEventQueue.Call;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each fault happens once, and all other calls pass. */
class FaultyEventQueueTest {

  private static final Set<String> NO_CALL_BY_ITSELF =
      Set.of("name", "notes", "time", "pollInterval", "close", "publish", "ackAll", "ackAndTake");

  /** Records the waits, and returns at once. */
  private static final class NotingTime implements Time {
    private final List<Duration> slept = new ArrayList<>();

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public void parkUntil(Instant deadline) {
      throw new AssertionError("nobody parks here");
    }

    @Override
    public void sleep(Duration duration) {
      slept.add(duration);
    }
  }

  private final NotingTime time = new NotingTime();
  private final EventQueue behind =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute().withBurst(20)).time(time).build();
  private final FaultyEventQueue queue = FaultyEventQueue.over(behind);

  private Lease take(String id) {
    TakeRequest request =
        new TakeRequest(id, "worker", 1, Duration.ofSeconds(15), WantedTypes.all());
    return ((TakeResult.Taken) queue.take(request)).leases().get(0);
  }

  private void publish(int events) {
    for (int i = 0; i < events; i++) {
      behind.publish(AuditEvent.of("event-" + i, EventType.OPEN_ORDER_DETECTED, "wallet"));
    }
  }

  @Test
  void theNthCallFromNowIsRefusedAndDoesNothing() {
    publish(3);
    Lease first = take("a");
    queue.refuse(Call.TAKE, 2);
    Lease second = take("b");

    assertThatThrownBy(() -> take("c"))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("refused");

    assertThat(behind.stats().pending()).isEqualTo(1);
    assertThat(take("c").event()).isNotIn(first.event(), second.event());
    assertThat(queue.calls(Call.TAKE)).isEqualTo(4);
  }

  @Test
  void aCallWhoseAnswerIsLostTakesEffect() {
    publish(1);
    Lease lease = take("a");
    queue.loseAnswer(Call.ACK, 1);

    assertThatThrownBy(() -> queue.ack(lease)).isInstanceOf(QueueUnavailableException.class);

    assertThat(behind.stats().done()).isEqualTo(1);
    assertThat(queue.ack(lease)).isEqualTo(Settlement.STALE_LEASE);
  }

  @Test
  void aLostLeaseLeavesTheEventToOthers() {
    publish(1);
    Lease lease = take("a");
    queue.loseLease(Call.ACK, 1);

    assertThat(queue.ack(lease)).isEqualTo(Settlement.STALE_LEASE);
    assertThat(take("b").event()).isEqualTo(lease.event());
    assertThatThrownBy(() -> queue.loseLease(Call.TAKE, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the call TAKE has no lease");
  }

  @Test
  void aSlowCallTakesItsTimeFirst() {
    publish(1);
    queue.delay(Call.TAKE, 1, Duration.ofSeconds(9));

    assertThat(take("a").attempt()).isEqualTo(1);
    assertThat(time.slept).containsExactly(Duration.ofSeconds(9));
  }

  @Test
  void whileItIsDownNothingIsAnswered() {
    queue.setDown(true);
    assertThatThrownBy(queue::stats).isInstanceOf(QueueUnavailableException.class);
    assertThatThrownBy(queue::limitControl).isInstanceOf(QueueUnavailableException.class);

    queue.setDown(false);
    assertThat(queue.stats().pending()).isZero();
    assertThatThrownBy(() -> queue.refuse(Call.ACK, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("counted from 1");
  }

  /** Also covers methods that are added later. */
  @Test
  void noMethodThatAsksTheStoreIsAnsweredMeanwhile() {
    queue.setDown(true);
    for (Method method : EventQueue.class.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())
          && !NO_CALL_BY_ITSELF.contains(method.getName())) {
        Object[] arguments =
            Arrays.stream(method.getParameterTypes())
                .map(type -> type == long.class ? (Object) 1L : type == int.class ? 1 : null)
                .toArray();
        assertThatThrownBy(() -> method.invoke(queue, arguments))
            .as(method.toString())
            .hasCauseInstanceOf(QueueUnavailableException.class);
      }
    }
    assertThatThrownBy(() -> queue.publish(List.of()))
        .isInstanceOf(QueueUnavailableException.class);
  }
}
