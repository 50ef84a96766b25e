package io.ratelimit.core.forecast;

import io.ratelimit.core.forecast.Forecaster.SeriesModel;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/** A level that follows the values, with the factor that had the smallest recent errors. */
final class Smoothing implements SeriesModel {

  private final Filters filters =
      new Filters(
          List.of(
              new HoltWintersFilter(1, 0.02, 0, 0),
              new HoltWintersFilter(1, 0.05, 0, 0),
              new HoltWintersFilter(1, 0.1, 0, 0),
              new HoltWintersFilter(1, 0.2, 0, 0),
              new HoltWintersFilter(1, 0.4, 0, 0),
              new HoltWintersFilter(1, 0.7, 0, 0)));

  @Override
  public void learn(Instant at, double value) {
    filters.learn(0, value);
  }

  @Override
  public OptionalDouble expect(Instant at) {
    return filters.expect(0);
  }

  @Override
  public String name(Instant at) {
    return "smoothing";
  }
}
