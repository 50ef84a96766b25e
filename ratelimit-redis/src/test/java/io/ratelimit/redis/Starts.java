package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The starts that happened, in microseconds by the clock of Redis: as the takers were told, and as
 * a watcher sees them in the log that the limit keeps. No two starts of these tests share a
 * microsecond.
 */
final class Starts {

  private final ConcurrentSkipListSet<Long> all = new ConcurrentSkipListSet<>();

  void add(long micros) {
    all.add(micros);
  }

  List<Long> all() {
    return new ArrayList<>(all);
  }

  List<Long> after(long micros) {
    return new ArrayList<>(all.tailSet(micros, false));
  }

  /**
   * The largest number of starts in a half-open window, by looking at each that begins at a start.
   */
  int largestWindow(Duration window) {
    List<Long> starts = all();
    long micros = Micros.ceiling(window);
    int largest = 0;
    for (int i = 0; i < starts.size(); i++) {
      int count = 0;
      for (int j = i; j < starts.size() && starts.get(j) < starts.get(i) + micros; j++) {
        count++;
      }
      largest = Math.max(largest, count);
    }
    return largest;
  }

  /** Asserts that no window that ends after a time holds more than the limit allows. */
  void assertWithin(RateLimit limit, long from, long to) {
    long window = Micros.ceiling(limit.window());
    for (long end : all.subSet(from, false, to, false)) {
      assertThat(all.subSet(end - window, false, end, true).size())
          .as("starts in the window of %s that ends at %s", limit, end)
          .isLessThanOrEqualTo(limit.permits());
    }
  }

  /**
   * Reads the limit's log again and again until it is closed; a server that is away is waited for.
   */
  final class Watcher implements AutoCloseable {
    private final String key;
    private final RedisClient client;
    private final Thread thread;
    private volatile boolean closed;

    Watcher(String uri, String namespace) {
      this.key = "{" + namespace + "}:starts";
      RedisURI redis = RedisURI.create(uri);
      redis.setTimeout(Duration.ofMillis(500));
      this.client = RedisClient.create(TestClients.resources(), redis);
      this.thread = new Thread(this::watch, "watcher");
      thread.start();
    }

    private void watch() {
      try (StatefulRedisConnection<String, String> connection = client.connect()) {
        while (!closed) {
          try {
            ConcurrentSkipListMap<Long, String> log = new ConcurrentSkipListMap<>();
            for (ScoredValue<String> entry :
                connection.sync().zrangebyscoreWithScores(key, Range.unbounded())) {
              log.put((long) entry.getScore(), entry.getValue());
            }
            all.addAll(log.keySet());
          } catch (RedisException e) {
            // It may be back at the next round.
          }
          Lanes.pause(Duration.ofMillis(50));
        }
      }
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }
}
