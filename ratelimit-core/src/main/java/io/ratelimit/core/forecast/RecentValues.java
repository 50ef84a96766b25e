package io.ratelimit.core.forecast;

import java.util.Arrays;

/** The latest values of a series, up to a number. */
final class RecentValues {

  private final int most;
  private double[] values = {};
  private int next;

  RecentValues(int most) {
    this.most = most;
  }

  void add(double value) {
    if (values.length < most) {
      values = Arrays.copyOf(values, values.length + 1);
    }
    values[next] = value;
    next = (next + 1) % most;
  }

  boolean isEmpty() {
    return values.length == 0;
  }

  int size() {
    return values.length;
  }

  double sum() {
    return Arrays.stream(values).sum();
  }

  /**
   * Returns a quantile, interpolated between two values: definition 7 of R. J. Hyndman and Y. Fan,
   * <i>Sample Quantiles in Statistical Packages</i>, 1996.
   */
  double quantile(double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
