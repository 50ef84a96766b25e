package io.ratelimit.benchmarks.forecast;

import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.forecast.Forecaster.Season;
import java.util.List;

/** A forecaster and its name in the tables. */
record Way(String name, Forecaster forecaster) {

  static final List<Way> ALL =
      List.of(
          new Way("last value", Forecaster.lastValue()),
          new Way("seasonal naive, day", Forecaster.seasonalNaive(Season.DAY)),
          new Way("seasonal naive, week", Forecaster.seasonalNaive(Season.WEEK)),
          new Way("smoothing", Forecaster.smoothing()),
          new Way("Holt-Winters, day", Forecaster.holtWinters(Season.DAY)),
          new Way("Holt-Winters, week", Forecaster.holtWinters(Season.WEEK)),
          new Way("same hour, median", Forecaster.sameHour(Season.WEEK, 0.5)),
          new Way("recent best", Forecaster.standard()));
}
