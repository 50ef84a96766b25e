package io.ratelimit.cli.round;

import java.util.stream.DoubleStream;

/**
 * How numbers are spread: their exact nearest-rank percentiles.
 *
 * @param min none is less
 * @param p50 half of them are at most this
 * @param p90 nine tenths of them are
 * @param max all of them are
 */
record Distribution(double min, double p50, double p90, double max) {

  /** That of at least one number. */
  static Distribution of(DoubleStream numbers) {
    double[] sorted = numbers.sorted().toArray();
    return new Distribution(
        sorted[0], rank(sorted, 0.5), rank(sorted, 0.9), sorted[sorted.length - 1]);
  }

  private static double rank(double[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }
}
