package io.ratelimit.testkit.queue;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The in-memory queue fulfills the contract, with a clock that the test sets. */
class InMemoryEventQueueContractTest extends EventQueueContract {

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
}
