package io.ratelimit.redis;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.queue.PublishTermsContract;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;

/** Publish terms work while Redis's memory is full. */
class FullMemoryTermsContractTest extends PublishTermsContract {

  private static final FullMemory REDIS = new FullMemory();

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @AfterAll
  static void shutDown() {
    REDIS.close();
  }

  @Override
  protected EventQueue createQueue(RateLimit limit, Limits limits) {
    return REDIS.connect(TestClients.queue(REDIS.server, limit).time(time).limits(limits));
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }
}
