package io.ratelimit.core.report;

import io.ratelimit.core.scaling.ProcessingTimes;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How durations are spread, as a history keeps them: counted in the buckets of {@link
 * ProcessingTimes}, so that those of many rounds can be put together. Its size does not grow with
 * their number; a percentile is off by at most 6 %. Immutable.
 *
 * @param counts how many there are by bucket, without empty ones; unmodifiable
 * @param longest the longest of them, exactly; zero where there is none
 */
public record Spread(SortedMap<Integer, Long> counts, Duration longest) {

  /** No durations. */
  public static final Spread NONE = new Spread(new TreeMap<>(), Duration.ZERO);

  /**
   * Copies the counts.
   *
   * @throws IllegalArgumentException if a bucket is not 0 to {@link ProcessingTimes#BUCKETS} - 1,
   *     or a count or the longest is negative
   */
  public Spread {
    counts.forEach(
        (bucket, count) -> {
          if (bucket < 0 || bucket >= ProcessingTimes.BUCKETS || count < 0) {
            throw new IllegalArgumentException(
                "a bucket of durations must be 0 to "
                    + (ProcessingTimes.BUCKETS - 1)
                    + " and its count 0 or more but they are "
                    + bucket
                    + " and "
                    + count);
          }
        });
    if (longest.isNegative()) {
      throw new IllegalArgumentException("the longest must not be negative but is " + longest);
    }
    SortedMap<Integer, Long> counted = new TreeMap<>(counts);
    counted.values().removeIf(count -> count == 0);
    counts = Collections.unmodifiableSortedMap(counted);
  }

  /** Returns these durations and another one; below zero counts as zero. */
  public Spread with(Duration duration) {
    SortedMap<Integer, Long> more = new TreeMap<>(counts);
    more.merge(ProcessingTimes.bucket(duration), 1L, Long::sum);
    return new Spread(more, longer(longest, duration));
  }

  /** Returns these durations and others. */
  public Spread plus(Spread other) {
    SortedMap<Integer, Long> sum = new TreeMap<>(counts);
    other.counts.forEach((bucket, count) -> sum.merge(bucket, count, Long::sum));
    return new Spread(sum, longer(longest, other.longest));
  }

  /** Returns how many durations there are. */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the mean, of which each counts as the middle of its bucket; zero of none. */
  public Duration mean() {
    double seconds = 0;
    for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
      seconds += ProcessingTimes.middle(bucket.getKey()).toNanos() / 1e9 * bucket.getValue();
    }
    return Duration.ofNanos(Math.round(seconds / Math.max(1, total()) * 1e9));
  }

  /** Returns the percentiles: each is the middle of its bucket, the longest is exact. */
  public Percentiles percentiles() {
    return counts.isEmpty()
        ? Percentiles.NONE
        : new Percentiles(quantile(0.5), quantile(0.9), quantile(0.99), longest);
  }

  /**
   * Returns what a share of them is at most: the middle of a bucket, and no more than the longest;
   * zero of none.
   *
   * @param share 0 to 1
   */
  public Duration quantile(double share) {
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
}
