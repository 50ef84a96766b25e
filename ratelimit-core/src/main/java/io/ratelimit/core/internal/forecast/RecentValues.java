package io.ratelimit.core.internal.forecast;

import java.util.Arrays;

/** The latest values of a series, up to a number. */
public final class RecentValues {

  private final int most;
  private double[] values = {};
  private int next;

  /** Keeps no more than so many. */
  public RecentValues(int most) {
    this.most = most;
  }

  /** Adds a value; the oldest one goes. */
  public void add(double value) {
    if (values.length < most) {
      values = Arrays.copyOf(values, values.length + 1);
    }
    values[next] = value;
    next = (next + 1) % most;
  }

  /** Returns whether there is none. */
  public boolean isEmpty() {
    return values.length == 0;
  }

  /** Returns how many there are. */
  public int size() {
    return values.length;
  }

  /** Returns what they are together. */
  public double sum() {
    return Arrays.stream(values).sum();
  }

  /**
   * Returns a quantile, interpolated between two values: definition 7 of R. J. Hyndman and Y. Fan,
   * <i>Sample Quantiles in Statistical Packages</i>, 1996.
   */
  public double quantile(double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
