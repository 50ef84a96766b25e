package io.ratelimit.core.report;

import java.time.Duration;

/**
 * The distribution of durations: the nearest-rank percentiles of a sample. Each is the mean of a
 * bucket: exact if the durations in it are equal, off by at most 13 % if they vary. The maximum is
 * exact.
 *
 * @param p50 half of the sample is at most this
 * @param p90 nine tenths of it are at most this
 * @param p99 99 hundredths of it are at most this
 * @param max all of it is at most this
 */
public record Percentiles(Duration p50, Duration p90, Duration p99, Duration max) {

  /** The percentiles of an empty sample: all zero. */
  public static final Percentiles NONE =
      new Percentiles(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
}
