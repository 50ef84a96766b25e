package io.ratelimit.cli.scenario;

import java.util.Arrays;

/**
 * The 95% confidence interval of a figure.
 *
 * @param low the lower bound
 * @param high the upper bound
 */
record Interval(double low, double high) {

  /** This many standard deviations on both sides contain 95% of a normal distribution. */
  private static final double DEVIATIONS = 1.959964;

  /**
   * Returns the interval of a share: E. B. Wilson's score interval, which also holds for few trials
   * and for shares near 0 and 1.
   *
   * @param share the share, 0 to 1
   * @param trials the number of independent trials, more than 0
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

  /**
   * Returns the interval of the mean of many independent values; for one value, the value itself.
   */
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
   * Returns the interval of a quantile: between two of the values, from the binomial distribution
   * of the number below it.
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
