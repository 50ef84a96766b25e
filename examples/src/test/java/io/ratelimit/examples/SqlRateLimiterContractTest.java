package io.ratelimit.examples;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.StoredEventQueue;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.limiter.RateLimiterContract;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.LongStream;
import javax.sql.DataSource;

/** A limiter over a queue in SQL does what every limiter must do. */
class SqlRateLimiterContractTest extends RateLimiterContract {

  private static final DataSource DATABASE = TestDatabase.inMemory();

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @Override
  protected RateLimiter createLimiter(RateLimit limit, Limits limits) {
    SqlStore store = new TestDatabase.Clocked(DATABASE, UUID.randomUUID().toString(), time);
    return RateLimiter.of(
        StoredEventQueue.builder(store.create(), limit).time(time).limits(limits).build());
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }

  @Override
  protected LongStream seeds() {
    return LongStream.range(0, 5);
  }
}
