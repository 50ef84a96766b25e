package io.ratelimit.redis;

import io.lettuce.core.RedisClient;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.limiter.RateLimiterContract;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;

/** The limiter in Redis fulfills the contract, with a clock that the test sets. */
class RedisRateLimiterContractTest extends RateLimiterContract {

  private static final RedisClient CLIENT = TestClients.client(TestClients.server());

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  @Override
  protected RateLimiter createLimiter(RateLimit limit, Limits limits) {
    return RedisRateLimiter.connect(
        TestClients.queue(limit).client(CLIENT).time(time).limits(limits));
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }

  @Override
  protected LongStream seeds() {
    return LongStream.range(0, 20);
  }
}
