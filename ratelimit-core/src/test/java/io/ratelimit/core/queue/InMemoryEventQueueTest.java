package io.ratelimit.core.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Features of the in-memory queue beyond the contract. */
class InMemoryEventQueueTest {

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @Test
  void listenersHearOfChangesUntilTheyAreClosed() {
    InMemoryEventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
    AtomicInteger calls = new AtomicInteger();
    Subscription subscription = queue.onChange(calls::incrementAndGet);

    queue.publish(AuditEvent.of("a", EventType.of("T"), "w"));
    assertThat(calls).hasValue(1);
    queue.publish(AuditEvent.of("a", EventType.of("T"), "w"));
    assertThat(calls).as("a duplicate changes nothing").hasValue(1);
    queue.limitControl().changeLimit(RateLimit.of(30).perMinute());
    queue.limitControl().changeLimit(RateLimit.of(30).perMinute());
    assertThat(calls).as("and the same limit neither").hasValue(2);
    subscription.close();
    queue.limitControl().pause();
    assertThat(calls).hasValue(2);
  }

  @Test
  void redrivingNothingIsNoNews() {
    InMemoryEventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
    AtomicInteger calls = new AtomicInteger();
    queue.onChange(calls::incrementAndGet);

    assertThat(queue.failedQueue().redriveAll(0, 10).redriven()).isZero();

    assertThat(calls).hasValue(0);
  }

  @Test
  void agingIsMoreThanZero() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).aging(Duration.ZERO))
        .withMessage("aging interval must be more than zero but is PT0S");
  }

  @Test
  void aTakeMakesAHundredEventsPendingAtMost() {
    InMemoryEventQueue queue =
        InMemoryEventQueue.builder(RateLimit.of(1_000).perSecond().withBurst(1_000))
            .time(time)
            .build();
    for (int i = 0; i < 120; i++) {
      queue.publish(AuditEvent.of("event-" + i, EventType.of("T"), "w"));
    }
    Duration hour = Duration.ofHours(1);
    TakeRequest first = new TakeRequest("first", "w", 120, hour);
    List<Lease> leases = ((TakeResult.Taken) queue.take(first)).leases();
    for (Lease lease : leases.subList(0, 60)) {
      assertThat(queue.retry(lease, hour, "later")).isEqualTo(Settlement.SETTLED);
    }
    time.advance(hour);

    queue.take(TakeRequest.one("second", "w", hour));
    assertThat(queue.stats().pending()).as("60 retries, 40 leases, and one taken").isEqualTo(99);
    assertThat(queue.stats().expiredLeases()).isEqualTo(40);
    queue.take(TakeRequest.one("third", "w", hour));
    assertThat(queue.stats().pending()).isEqualTo(118);
    assertThat(queue.stats().expiredLeases()).isEqualTo(60);
  }

  @Test
  void listenersAreLeftAloneWhenAnEmergencyLastsLonger() {
    RateLimit raised = RateLimit.of(60).perMinute();
    InMemoryEventQueue queue =
        InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build();
    queue.limitControl().demand("owner", raised, Duration.ofSeconds(10));
    AtomicInteger calls = new AtomicInteger();
    queue.onChange(calls::incrementAndGet);

    queue.limitControl().demand("owner", raised, Duration.ofSeconds(10));
    assertThat(calls).as("nothing has changed").hasValue(0);
    time.advance(Duration.ofSeconds(5));
    queue.limitControl().demand("owner", raised, Duration.ofSeconds(10));
    assertThat(calls).as("only its end has moved").hasValue(0);
  }
}
