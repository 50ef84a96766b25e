package io.ratelimit.core.internal.report;

import io.ratelimit.core.report.Percentiles;
import io.ratelimit.core.scaling.ProcessingTimes;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How durations are spread, in the buckets of {@link ProcessingTimes}: its size does not grow with
 * their number, and a percentile is off by at most 6 %. Immutable; made of values that a JSON
 * library can write as they are.
 *
 * @param counts how many there are by bucket, without empty ones; unmodifiable
 * @param longest the longest of them, exactly; zero where there is none
 */
public record DurationHistogram(SortedMap<Integer, Long> counts, Duration longest) {

  /** Copies the counts. */
  public DurationHistogram {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  /** Returns these durations and those of another histogram. */
  public DurationHistogram plus(DurationHistogram other) {
    SortedMap<Integer, Long> sum = new TreeMap<>(counts);
    other.counts.forEach((bucket, count) -> sum.merge(bucket, count, Long::sum));
    return new DurationHistogram(sum, longer(longest, other.longest));
  }

  /** Returns how many durations there are. */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the percentiles: each is the middle of its bucket, the longest is exact. */
  public Percentiles percentiles() {
    return counts.isEmpty()
        ? Percentiles.NONE
        : new Percentiles(rank(0.5), rank(0.9), rank(0.99), longest);
  }

  private Duration rank(double share) {
    long left = (long) Math.ceil(share * total());
    for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
      left -= bucket.getValue();
      if (left <= 0) {
        Duration middle = ProcessingTimes.middle(bucket.getKey());
        return middle.compareTo(longest) < 0 ? middle : longest;
      }
    }
    return longest;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /** Counts durations one by one. Not thread-safe. */
  static final class Counter {
    private final SortedMap<Integer, Long> counts = new TreeMap<>();
    private Duration longest = Duration.ZERO;

    void add(Duration duration) {
      counts.merge(ProcessingTimes.bucket(duration), 1L, Long::sum);
      longest = longer(longest, duration);
    }

    DurationHistogram histogram() {
      return new DurationHistogram(counts, longest);
    }
  }
}
