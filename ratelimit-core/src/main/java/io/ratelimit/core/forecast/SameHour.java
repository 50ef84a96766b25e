package io.ratelimit.core.forecast;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.forecast.Forecaster.Season;
import io.ratelimit.core.forecast.Forecaster.SeriesModel;
import io.ratelimit.core.internal.forecast.RecentValues;
import java.time.Instant;
import java.util.OptionalDouble;

/** Forecasts a quantile of the latest values of the same hour of a season. */
final class SameHour implements SeriesModel {

  /** The number of values to keep per hour. */
  private static final int KEPT = 40;

  private final Season season;
  private final double quantile;
  private final RecentValues[] hours;

  SameHour(Season season, double quantile) {
    this.season = requireNonNull(season, "season");
    this.quantile = quantile;
    this.hours = new RecentValues[season.hours()];
    for (int i = 0; i < hours.length; i++) {
      hours[i] = new RecentValues(KEPT);
    }
  }

  @Override
  public void learn(Instant at, double value) {
    hours[season.hour(at)].add(value);
  }

  @Override
  public OptionalDouble expect(Instant at) {
    RecentValues values = hours[season.hour(at)];
    return values.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(values.quantile(quantile));
  }

  @Override
  public String name(Instant at) {
    return "quantile " + quantile + " of the same hour by " + season.unit();
  }
}
