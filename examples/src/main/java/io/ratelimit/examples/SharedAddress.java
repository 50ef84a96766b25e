package io.ratelimit.examples;

import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.redis.RedisEventQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Several queues, and calls without an event, under the limits of one address. */
public final class SharedAddress {

  private static final RateLimit NEVER_IN_THE_WAY = RateLimit.of(1_000).perSecond();

  // docs/limits.md
  /** Returns a queue of the address; all of its queues share weight, orders and wallets. */
  static RedisEventQueue connect(String redis, String queue) {
    return RedisEventQueue.builder(NEVER_IN_THE_WAY)
        .uri(redis)
        .namespace("address-1/" + queue)
        .limits(ExchangeLimits.limits())
        // Nobody has used the address yet; by default, it would count as fully used for a day.
        .startUp(RedisEventQueue.StartUp.FULL)
        .connect();
  }

  // docs/limits.md

  // docs/limits.md
  static <T> T place(RateLimiter limiter, String account, Callable<T> order) throws Exception {
    Charges charges = Charges.of("weight", 5).and("orders", account, 1);
    AcquireResult result = limiter.acquire(charges, Duration.ofSeconds(10));
    if (!(result instanceof AcquireResult.Granted)) {
      throw new IOException("no order of " + account + " within 10 s: " + result);
    }
    return order.call();
  }

  // docs/limits.md

  private SharedAddress() {}
}
