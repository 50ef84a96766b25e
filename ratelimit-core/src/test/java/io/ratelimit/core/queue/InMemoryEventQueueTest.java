package io.ratelimit.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InMemoryEventQueueTest extends EventQueueContract {

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @Override
  protected EventQueue createQueue(RateLimit limit, Optional<Duration> aging) {
    InMemoryEventQueue.Builder builder = InMemoryEventQueue.builder(limit).time(time);
    aging.ifPresent(builder::aging);
    return builder.build();
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }

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
}
