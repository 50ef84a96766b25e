package io.ratelimit.redis;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.queue.EventQueueContract;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;

/** Everything but publishing works while Redis's memory is full. */
class FullMemoryContractTest extends EventQueueContract {

  private static final FullMemory REDIS = new FullMemory();

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @AfterAll
  static void shutDown() {
    REDIS.close();
  }

  @Override
  protected EventQueue createQueue(RateLimit limit, Optional<Duration> aging) {
    RedisEventQueue.Builder builder =
        TestClients.queue(REDIS.server, limit).time(time).retainDone(10);
    aging.ifPresent(builder::aging);
    return REDIS.connect(builder);
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }

  @Override
  protected LongStream seeds() {
    return LongStream.range(0, 10);
  }
}
