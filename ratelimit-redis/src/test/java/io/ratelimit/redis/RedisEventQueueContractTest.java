package io.ratelimit.redis;

import io.lettuce.core.RedisClient;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.queue.EventQueueContract;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;

/** The queue in Redis fulfills the contract, with a clock that the test sets. */
class RedisEventQueueContractTest extends EventQueueContract {

  private static final RedisClient CLIENT = TestClients.client(TestClients.server());

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  @Override
  protected EventQueue createQueue(RateLimit limit, Optional<Duration> aging) {
    RedisEventQueue.Builder builder = TestClients.queue(limit).client(CLIENT).time(time);
    aging.ifPresent(builder::aging);
    return builder.connect();
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
