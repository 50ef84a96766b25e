package io.ratelimit.redis;

import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.testkit.history.RoundHistoryContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class RedisRoundHistoryContractTest extends RoundHistoryContract {

  private final List<RedisEventQueue> queues = new ArrayList<>();

  @Override
  protected RoundHistory createHistory(long mostBytes) {
    RedisEventQueue queue = TestClients.queue(RateLimit.of(20).perMinute()).connect();
    queues.add(queue);
    return queue.history(mostBytes, Duration.ofDays(35));
  }

  @AfterEach
  void close() {
    queues.forEach(RedisEventQueue::close);
  }
}
