package io.ratelimit.core.report;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * The distribution of durations: the exact nearest-rank percentiles of a sample.
 *
 * @param p50 half of the sample is at most this
 * @param p90 nine tenths of it are
 * @param p99 99 hundredths of it are
 * @param max all of it is
 */
public record Percentiles(Duration p50, Duration p90, Duration p99, Duration max) {

  /** Those of an empty sample: all zero. */
  public static final Percentiles NONE =
      new Percentiles(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** Returns those of a sample. O(n log n). */
  public static Percentiles of(Collection<Duration> sample) {
    if (sample.isEmpty()) {
      return NONE;
    }
    List<Duration> sorted = sample.stream().sorted().toList();
    return new Percentiles(
        rank(sorted, 0.5), rank(sorted, 0.9), rank(sorted, 0.99), rank(sorted, 1));
  }

  private static Duration rank(List<Duration> sorted, double share) {
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }
}
