package io.ratelimit.core.forecast;

import io.ratelimit.core.forecast.Forecaster.SeriesModel;
import java.time.Instant;
import java.util.OptionalDouble;

/** Forecasts the last value. */
final class LastValue implements SeriesModel {

  private OptionalDouble last = OptionalDouble.empty();

  @Override
  public void learn(Instant at, double value) {
    last = OptionalDouble.of(value);
  }

  @Override
  public OptionalDouble expect(Instant at) {
    return last;
  }

  @Override
  public String name(Instant at) {
    return "last value";
  }
}
