package io.ratelimit.core.forecast;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.OptionalDouble;

/** The mean of the same hour a season ago; where that has no round, of the latest that has. */
final class SeasonalNaive implements SeriesModel {

  /** The rounds of an hour: those of the latest season that has some, and the mean before. */
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
