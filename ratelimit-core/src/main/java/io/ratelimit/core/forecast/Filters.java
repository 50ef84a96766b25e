package io.ratelimit.core.forecast;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Runs the same recursion with several factors side by side, and uses the one whose forecasts have
 * the least squared error, with older errors weighing less: this is what fitting the factors would
 * find, in steps, without revisiting the past.
 */
final class Filters {

  /** The weight of an error 200 rounds ago is a third. */
  private static final double DECAY = 0.995;

  private final List<HoltWintersFilter> filters;
  private final double[] errors;
  private boolean learned;

  Filters(List<HoltWintersFilter> filters) {
    this.filters = List.copyOf(filters);
    this.errors = new double[filters.size()];
  }

  void learn(int hour, double value) {
    for (int i = 0; i < errors.length; i++) {
      HoltWintersFilter filter = filters.get(i);
      double error = learned ? value - filter.expect(hour) : 0;
      errors[i] = errors[i] * DECAY + error * error;
      filter.learn(hour, value);
    }
    learned = true;
  }

  OptionalDouble expect(int hour) {
    if (!learned) {
      return OptionalDouble.empty();
    }
    int best = 0;
    for (int i = 1; i < errors.length; i++) {
      best = errors[i] < errors[best] ? i : best;
    }
    return OptionalDouble.of(Math.max(0, filters.get(best).expect(hour)));
  }
}
