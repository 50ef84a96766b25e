package io.ratelimit.core.forecast;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.forecast.Forecaster.Season;
import io.ratelimit.core.forecast.Forecaster.SeriesModel;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * Forecasts the mean of the same hour a season ago, or of the latest season that has a round in
 * that hour.
 */
final class SeasonalNaive implements SeriesModel {

  /** The rounds of an hour in the latest season that has any, and the mean before that. */
  private static final class Hour {
    private long season;
    private double sum;
    private int rounds;
    private OptionalDouble before = OptionalDouble.empty();

    OptionalDouble mean() {
      return rounds == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / rounds);
    }
  }

  private final Season season;
  private final Hour[] hours;

  SeasonalNaive(Season season) {
    this.season = requireNonNull(season, "season");
    this.hours = new Hour[season.hours()];
    for (int i = 0; i < hours.length; i++) {
      hours[i] = new Hour();
    }
  }

  @Override
  public void learn(Instant at, double value) {
    Hour hour = hours[season.hour(at)];
    if (hour.season != season.number(at)) {
      hour.before = hour.mean();
      hour.season = season.number(at);
      hour.sum = 0;
      hour.rounds = 0;
    }
    hour.sum += value;
    hour.rounds++;
  }

  @Override
  public OptionalDouble expect(Instant at) {
    Hour hour = hours[season.hour(at)];
    return hour.season == season.number(at) ? hour.before : hour.mean();
  }

  @Override
  public String name(Instant at) {
    return "seasonal naive by " + season.unit();
  }
}
