package io.ratelimit.benchmarks.forecast;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.forecast.RoundForecast;
import java.util.Locale;

/** The outcomes of rounds with a forecaster, and the errors of its forecasts. */
final class Score {

  private int rounds;
  private int missed;
  private int used;
  private long late;
  private double extraStarts;
  private double workerSeconds;
  private double highest;
  private long largestWindow;
  private int forecasts;
  private double scaledErrors;
  private double symmetricErrors;
  private int within;

  void played(RoundPlay.Outcome outcome, boolean withForecast) {
    rounds++;
    missed += outcome.late() > 0 ? 1 : 0;
    used += withForecast ? 1 : 0;
    late += outcome.late();
    extraStarts += outcome.extraStarts();
    workerSeconds += outcome.workerSeconds();
    highest += outcome.highest();
    largestWindow = Math.max(largestWindow, outcome.largestWindow());
  }

  /**
   * Counts a forecast.
   *
   * @param naive the mean error of the last value as a forecast, which errors are measured by: R.
   *     J. Hyndman and A. B. Koehler, Another Look at Measures of Forecast Accuracy, 2006
   */
  void came(RoundForecast forecast, double events, double naive) {
    forecasts++;
    double mean = forecast.total().mean();
    scaledErrors += Math.abs(events - mean) / naive;
    symmetricErrors += events + mean == 0 ? 0 : 200 * Math.abs(events - mean) / (events + mean);
    within +=
        events >= forecast.total().low() - 0.5 && events <= forecast.total().high() + 0.5 ? 1 : 0;
  }

  @CanIgnoreReturnValue
  Score plus(Score other) {
    rounds += other.rounds;
    missed += other.missed;
    used += other.used;
    late += other.late;
    extraStarts += other.extraStarts;
    workerSeconds += other.workerSeconds;
    highest += other.highest;
    largestWindow = Math.max(largestWindow, other.largestWindow);
    forecasts += other.forecasts;
    scaledErrors += other.scaledErrors;
    symmetricErrors += other.symmetricErrors;
    within += other.within;
    return this;
  }

  int rounds() {
    return rounds;
  }

  /** Returns the share of rounds that missed their deadline, in percent. */
  double missed() {
    return 100.0 * missed / rounds;
  }

  /** Returns the share of rounds that relied on the forecast, in percent. */
  double used() {
    return 100.0 * used / rounds;
  }

  /** Returns the mean number of late events per round. */
  double late() {
    return (double) late / rounds;
  }

  /** Returns the mean number of starts beyond the normal limit per round. */
  double extraStarts() {
    return extraStarts / rounds;
  }

  double workerMinutes() {
    return workerSeconds / 60 / rounds;
  }

  /** Returns the mean highest limit of a round, in permits per minute. */
  double highest() {
    return highest / rounds;
  }

  /** Returns the most starts in any minute of any round. */
  long largestWindow() {
    return largestWindow;
  }

  /** Returns the mean absolute scaled error; below 1 is better than repeating the last value. */
  double mase() {
    return forecasts == 0 ? Double.NaN : scaledErrors / forecasts;
  }

  /** Returns the symmetric mean absolute percentage error, 0 to 200. */
  double smape() {
    return forecasts == 0 ? Double.NaN : symmetricErrors / forecasts;
  }

  /** Returns the share of values within their 90% interval, in percent. */
  double coverage() {
    return forecasts == 0 ? Double.NaN : 100.0 * within / forecasts;
  }

  String json(String shape, String way) {
    return String.format(
        Locale.ROOT,
        "{\"shape\":\"%s\",\"way\":\"%s\",\"rounds\":%d,\"missedPercent\":%s,"
            + "\"lateEvents\":%s,\"extraStarts\":%s,\"workerMinutes\":%s,"
            + "\"highestPerMinute\":%s,\"largestWindow\":%d,\"usedPercent\":%s,\"mase\":%s,"
            + "\"smape\":%s,\"coveragePercent\":%s}",
        shape,
        way,
        rounds,
        number(missed()),
        number(late()),
        number(extraStarts()),
        number(workerMinutes()),
        number(highest()),
        largestWindow,
        number(used()),
        number(mase()),
        number(smape()),
        number(coverage()));
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.4f", value);
  }
}
