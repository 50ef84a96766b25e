package io.ratelimit.core.internal.report;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.TypeHistory.ProcessingTimes;
import java.time.Duration;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts durations one by one. Not thread-safe. */
public final class SpreadCounter {

  // These grow with the longest duration: most attempts are far shorter than a day.
  private long[] counts = new long[0];
  private long[] nanos = new long[0];
  private Duration longest = Duration.ZERO;

  /** Counts a duration; a negative one counts as zero. */
  public void add(Duration duration) {
    int bucket = ProcessingTimes.bucket(duration);
    if (bucket >= counts.length) {
      counts = Arrays.copyOf(counts, bucket + 1);
      nanos = Arrays.copyOf(nanos, bucket + 1);
    }
    counts[bucket]++;
    nanos[bucket] = plus(nanos[bucket], nanos(duration));
    longest = longest.compareTo(duration) < 0 ? duration : longest;
  }

  private static long nanos(Duration duration) {
    return duration.isNegative() ? 0 : Requirements.capped(duration).toNanos();
  }

  /** Returns the sum of two non-negative numbers, at most {@link Long#MAX_VALUE}. */
  public static long plus(long one, long other) {
    return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
  }

  /** Returns the distribution of the durations counted so far. */
  public Spread spread() {
    SortedMap<Integer, Long> counted = new TreeMap<>();
    SortedMap<Integer, Long> sums = new TreeMap<>();
    for (int bucket = 0; bucket < counts.length; bucket++) {
      if (counts[bucket] > 0) {
        counted.put(bucket, counts[bucket]);
        sums.put(bucket, nanos[bucket]);
      }
    }
    return new Spread(counted, sums, longest);
  }
}
