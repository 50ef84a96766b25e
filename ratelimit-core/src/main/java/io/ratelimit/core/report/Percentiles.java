package io.ratelimit.core.report;

import java.time.Duration;

/**
 * How durations are spread: the nearest-rank percentiles of a sample. They come from buckets, each
 * the mean of its own: exact where durations are alike, off by at most 13 % where they vary. The
 * longest is exact.
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
}
