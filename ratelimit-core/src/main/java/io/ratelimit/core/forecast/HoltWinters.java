package io.ratelimit.core.forecast;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.forecast.Forecaster.Season;
import io.ratelimit.core.forecast.Forecaster.SeriesModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Level, slope and season, with the factors that had the smallest recent errors. */
final class HoltWinters implements SeriesModel {

  private static final double[] LEVEL = {0.01, 0.05, 0.2, 0.5};
  private static final double[] SLOPE = {0, 0.02};
  private static final double[] SEASON = {0.01, 0.05, 0.2};

  private final Season season;
  private final Filters filters;

  HoltWinters(Season season) {
    this.season = requireNonNull(season, "season");
    List<HoltWintersFilter> all = new ArrayList<>();
    for (double level : LEVEL) {
      for (double slope : SLOPE) {
        for (double seasonal : SEASON) {
          all.add(new HoltWintersFilter(season.hours(), level, slope, seasonal));
        }
      }
    }
    this.filters = new Filters(all);
  }

  @Override
  public void learn(Instant at, double value) {
    filters.learn(season.hour(at), value);
  }

  @Override
  public OptionalDouble expect(Instant at) {
    return filters.expect(season.hour(at));
  }

  @Override
  public String name(Instant at) {
    return "Holt-Winters by " + season.unit();
  }
}
