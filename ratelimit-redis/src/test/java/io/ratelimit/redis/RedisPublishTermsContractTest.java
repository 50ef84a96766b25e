package io.ratelimit.redis;

import io.lettuce.core.RedisClient;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.queue.PublishTermsContract;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;

/** The queue in Redis fulfills the contract of publish terms. */
class RedisPublishTermsContractTest extends PublishTermsContract {

  private static final RedisClient CLIENT = TestClients.client(TestClients.server());

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  @Override
  protected EventQueue createQueue(RateLimit limit, Limits limits) {
    return TestClients.queue(limit).client(CLIENT).time(time).limits(limits).connect();
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }
}
