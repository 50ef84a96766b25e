package io.ratelimit.core.forecast;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A way to forecast a series: makes a model of one that nothing is known of yet. A host with a
 * library of its own for that implements it.
 *
 * <p>The models of this library are short recursions, each from the source that it names. All
 * values are counts or times, so no model expects less than 0.
 */
@FunctionalInterface
public interface Forecaster {

  /** Creates a model of a series of which nothing is known. */
  SeriesModel model();

  /**
   * The one that is used unless another is chosen: the {@linkplain #recentBest best of late} among
   * smoothing, Holt-Winters by day and by week, and the mean of the same hour a week ago.
   */
  static Forecaster standard() {
    return recentBest(
        List.of(
            smoothing(),
            holtWinters(Season.DAY),
            holtWinters(Season.WEEK),
            seasonalNaive(Season.WEEK)));
  }

  /** The next round is like the last one: what other models are measured by. */
  static Forecaster lastValue() {
    return LastValue::new;
  }

  /** The next round is like those of the same hour a season ago were on average. */
  static Forecaster seasonalNaive(Season season) {
    return () -> new SeasonalNaive(season);
  }

  /**
   * Simple exponential smoothing: what comes is like what came, the latest the most. For series
   * without a pattern. R. G. Brown, <i>Statistical Forecasting for Inventory Control</i>, 1959.
   */
  static Forecaster smoothing() {
    return Smoothing::new;
  }

  /**
   * Holt-Winters' additive method with a damped trend: a level, a slope and what each hour of a
   * season adds. C. C. Holt, <i>Forecasting Seasonals and Trends by Exponentially Weighted Moving
   * Averages</i>, 1957; P. R. Winters, <i>Forecasting Sales by Exponentially Weighted Moving
   * Averages</i>, 1960; the damping by E. S. Gardner and E. McKenzie, <i>Forecasting Trends in Time
   * Series</i>, 1985.
   */
  static Forecaster holtWinters(Season season) {
    return () -> new HoltWinters(season);
  }

  /**
   * A quantile of the latest rounds of the same hour of a season: 0.5 is the usual, more is on the
   * safe side.
   *
   * @throws IllegalArgumentException if the quantile is not 0 to 1
   */
  static Forecaster sameHour(Season season, double quantile) {
    double checked = Requirements.between("quantile", quantile, 0, 1);
    return () -> new SameHour(season, checked);
  }

  /**
   * Whichever of these was least wrong of late: the mean of the absolute errors of each one's own
   * forecasts, those of a hundred rounds ago counting a third. Of equals the first.
   *
   * @throws IllegalArgumentException if there are none
   */
  static Forecaster recentBest(List<Forecaster> forecasters) {
    List<Forecaster> all = List.copyOf(forecasters);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("there must be a forecaster to choose from");
    }
    return () -> new RecentBest(all.stream().map(Forecaster::model).toList());
  }

  /**
   * After what time a pattern comes again. Rounds of one hour are taken together: with one each 3
   * minutes there are 20, too few events in each to tell them apart. Hours are those of UTC, so
   * where clocks are set twice a year, a pattern is an hour off until it is learned again.
   */
  enum Season {
    /** By the hour of the day. */
    DAY(24),
    /** By the hour and the day of the week. */
    WEEK(7 * 24);

    private static final long SECONDS_PER_HOUR = 3_600;

    private final int hours;

    Season(int hours) {
      this.hours = hours;
    }

    /** Returns how many hours it has. */
    public int hours() {
      return hours;
    }

    /** Returns its name in a sentence. */
    String unit() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns which of its hours a moment is in, from 0. */
    int hour(Instant at) {
      return (int) Math.floorMod(hours(at), (long) hours);
    }

    /** Returns how many seasons before the one of a moment there were since the epoch. */
    long number(Instant at) {
      return Math.floorDiv(hours(at), (long) hours);
    }

    private static long hours(Instant at) {
      return Math.floorDiv(at.getEpochSecond(), SECONDS_PER_HOUR);
    }
  }

  /**
   * What is known of one series: a value for each round, in the order of time. Learns value by
   * value, in bounded memory. Deterministic; not thread-safe.
   */
  interface SeriesModel {

    /**
     * Learns a value.
     *
     * @param at when its round began, later than all before
     * @param value at least 0
     */
    void learn(Instant at, double value);

    /**
     * Returns what is expected of a round from what was learned so far; empty: too little was.
     *
     * @param at when the round begins, later than all that was learned
     * @return at least 0
     */
    OptionalDouble expect(Instant at);

    /**
     * Returns the name of this model on screens; for one that chooses among others, the name of the
     * one chosen for a round. By default, the name of its class.
     *
     * @param at when the round begins
     */
    default String name(Instant at) {
      String simple = getClass().getSimpleName();
      return simple.isEmpty() ? getClass().getName() : simple;
    }
  }
}
