package io.ratelimit.redis;

import io.lettuce.core.RedisClient;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.queue.LimitScopeContract;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;

/** Queues whose namespaces begin with the same scope share its limits. */
class RedisLimitScopeContractTest extends LimitScopeContract {

  private static final RedisClient CLIENT = TestClients.client(TestClients.server());

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  @Override
  protected List<EventQueue> createQueues(RateLimit limit, List<Limits> limits) {
    String scope = TestClients.newNamespace();
    List<EventQueue> queues = new ArrayList<>();
    for (Limits each : limits) {
      queues.add(
          TestClients.queue(limit)
              .client(CLIENT)
              .namespace(scope + "/queue-" + queues.size())
              .time(time)
              .limits(each)
              .connect());
    }
    return queues;
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }

  @Override
  protected LongStream seeds() {
    return LongStream.range(0, 15);
  }
}
