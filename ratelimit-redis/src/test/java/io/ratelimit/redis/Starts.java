package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.internal.wire.Micros;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The starts in microseconds by Redis's clock: as takers report them, and as a watcher sees them in
 * the limit's log. Both count the starts of a microsecond, and neither need see all of them, so the
 * larger count is used.
 */
final class Starts {

  private final ConcurrentSkipListMap<Long, Integer> told = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<Long, Integer> logged = new ConcurrentSkipListMap<>();

  void add(long micros) {
    told.merge(micros, 1, Integer::sum);
  }

  /** Returns all starts, in order. */
  List<Long> all() {
    return after(Long.MIN_VALUE);
  }

  List<Long> after(long micros) {
    NavigableMap<Long, Integer> counts = new TreeMap<>(told.tailMap(micros, false));
    logged.tailMap(micros, false).forEach((at, count) -> counts.merge(at, count, Math::max));
    List<Long> starts = new ArrayList<>();
    counts.forEach((at, count) -> starts.addAll(Collections.nCopies(count, at)));
    return starts;
  }

  /** Returns the largest number of starts in any half-open window that begins at a start. */
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

  /** Asserts that no window that ends after a time exceeds the limit. */
  void assertWithin(RateLimit limit, long from, long to) {
    long window = Micros.ceiling(limit.window());
    List<Long> all = all();
    for (long end : all) {
      if (end > from && end < to) {
        assertThat(all.stream().filter(at -> at > end - window && at <= end))
            .as("starts in the window of %s that ends at %s", limit, end)
            .hasSizeLessThanOrEqualTo(limit.permits());
      }
    }
  }

  /** Polls the limit's log until it is closed; waits for an unreachable server. */
  final class Watcher implements AutoCloseable {
    private final String key;
    private final String meta;
    private final RedisClient client;
    private final Thread thread;
    private volatile boolean closed;

    Watcher(String uri, String namespace) {
      this.key = "{" + namespace + "}:starts";
      this.meta = "{" + namespace + "}:meta";
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
            // Each entry has the number of starts up to and including its own. For the first, the
            // number is unknown: at least one.
            long before = Long.MAX_VALUE;
            // In one step: otherwise, assumed starts could be forgotten in between and would count
            // as starts.
            connection.sync().multi();
            connection.sync().zrangebyscoreWithScores(key, Range.unbounded());
            connection.sync().hget(meta, "run");
            TransactionResult read = connection.sync().exec();
            List<ScoredValue<String>> entries = read.get(0);
            String run = read.get(1);
            for (ScoredValue<String> entry : entries) {
              long sum = Long.parseLong(entry.getValue());
              if (run != null && run.endsWith(" " + sum)) {
                // Leaves out starts that are only assumed in place of lost ones.
                before = sum;
                continue;
              }
              logged.merge((long) entry.getScore(), (int) Math.max(1, sum - before), Math::max);
              before = sum;
            }
          } catch (RedisException e) {
            // The server may be back in the next round.
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
