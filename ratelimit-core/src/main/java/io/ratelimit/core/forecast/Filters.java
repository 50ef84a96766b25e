package io.ratelimit.core.forecast;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The same recursion with several factors side by side. The one counts whose forecasts have the
 * least squared error, old errors weighing less: what fitting the factors would find, in steps, and
 * without going back over the past.
 */
final class Filters {

  /** An error of 200 rounds ago weighs a third. */
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
