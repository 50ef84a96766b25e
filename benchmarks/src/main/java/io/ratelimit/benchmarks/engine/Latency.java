package io.ratelimit.benchmarks.engine;

import java.util.Arrays;

/**
 * The 50th and the 99th percentile of a latency, by the nearest-rank method.
 *
 * @param p50Millis in milliseconds
 * @param p99Millis in milliseconds
 */
record Latency(double p50Millis, double p99Millis) {

  /** Returns the percentiles of these nanoseconds, of which there is at least one. */
  static Latency of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Latency(millis(sorted, 0.5), millis(sorted, 0.99));
  }

  private static double millis(long[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
  }
}
