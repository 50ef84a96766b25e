package io.ratelimit.cli.scenario;

import java.util.Arrays;

/**
 * Between which bounds a figure lies, with a confidence of 95 %.
 *
 * @param low the lower bound
 * @param high the upper bound
 */
record Interval(double low, double high) {

  /** So many standard deviations on both sides hold 95 % of a normal variable. */
  private static final double DEVIATIONS = 1.959964;

  /**
   * Returns that of a share: E. B. Wilson's score interval, which holds for few trials and for
   * shares near 0 and 1, too.
   *
   * @param share how often it was so, 0 to 1
   * @param trials of how many independent trials, more than 0
   */
  static Interval ofShare(double share, double trials) {
    double z2 = DEVIATIONS * DEVIATIONS;
    double center = (share + z2 / (2 * trials)) / (1 + z2 / trials);
    double half =
        DEVIATIONS
            / (1 + z2 / trials)
            * Math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials));
    return new Interval(Math.max(0, center - half), Math.min(1, center + half));
  }

  /** Returns that of the mean of independent values, of which there are many; of one: itself. */
  static Interval ofMean(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    double half =
        values.length < 2
            ? 0
            : DEVIATIONS * Math.sqrt(squares / (values.length - 1) / values.length);
    return new Interval(mean - half, mean + half);
  }

  /**
   * Returns that of a quantile: between two of the values, by the binomial number of those below
   * it.
   *
   * @param sorted the values, in order
   */
  static Interval ofQuantile(double[] sorted, double quantile) {
    int count = sorted.length;
    double half = DEVIATIONS * Math.sqrt(count * quantile * (1 - quantile));
    int low = (int) Math.floor(count * quantile - half) - 1;
    int high = (int) Math.ceil(count * quantile + half);
    return new Interval(
        sorted[Math.max(0, Math.min(count - 1, low))], sorted[Math.min(count - 1, high)]);
  }
}
