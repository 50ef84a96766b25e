package io.ratelimit.testkit.limiter;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;

/** The in-memory limiter fulfills the contract, with a clock that the test sets. */
class InMemoryRateLimiterContractTest extends RateLimiterContract {

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @Override
  protected RateLimiter createLimiter(RateLimit limit, Limits limits) {
    return RateLimiter.of(InMemoryEventQueue.builder(limit).time(time).limits(limits).build());
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }
}
