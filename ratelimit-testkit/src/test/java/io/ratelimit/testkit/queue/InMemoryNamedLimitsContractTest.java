package io.ratelimit.testkit.queue;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;

/** The in-memory queue fulfills the contract of named limits. */
class InMemoryNamedLimitsContractTest extends NamedLimitsContract {

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @Override
  protected EventQueue createQueue(RateLimit limit, Limits limits) {
    return InMemoryEventQueue.builder(limit).time(time).limits(limits).build();
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }
}
