package io.ratelimit.redis;

import io.lettuce.core.RedisClient;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.queue.NamedLimitsContract;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;

/** A queue that is alone in a scope fulfills the contract of named limits. */
class ScopedNamedLimitsContractTest extends NamedLimitsContract {

  private static final RedisClient CLIENT = TestClients.client(TestClients.server());

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  @Override
  protected EventQueue createQueue(RateLimit limit, Limits limits) {
    return TestClients.queue(limit)
        .namespace(TestClients.newNamespace() + "/queue")
        .client(CLIENT)
        .time(time)
        .limits(limits)
        .connect();
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
