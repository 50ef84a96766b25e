package io.ratelimit.cli.round;

import java.util.stream.DoubleStream;

/**
 * The distribution of numbers: exact nearest-rank percentiles.
 *
 * @param min the minimum
 * @param p50 the median
 * @param p90 the 90th percentile
 * @param max the maximum
 */
record Distribution(double min, double p50, double p90, double max) {

  /** Returns the distribution of at least one number. */
  static Distribution of(DoubleStream numbers) {
    double[] sorted = numbers.sorted().toArray();
    return new Distribution(
        sorted[0], rank(sorted, 0.5), rank(sorted, 0.9), sorted[sorted.length - 1]);
  }

  private static double rank(double[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }
}
