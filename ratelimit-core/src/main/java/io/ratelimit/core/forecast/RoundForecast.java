package io.ratelimit.core.forecast;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What is expected of a round, and how far forecasts of its events were off of late.
 *
 * @param at when the round begins
 * @param total how many events will come, those that are there at the beginning included
 * @param byType how many of each type, by its name: as far as types are known. The means of all
 *     types together are the mean of the total. Unmodifiable
 * @param secondsByType how many seconds an attempt at an event of each type will take on average,
 *     as far as that is known. Unmodifiable
 * @param come what part of the events has usually come at the begin, and after each minute, each 0
 *     to 1 and none below the one before; unmodifiable, not empty
 * @param judged how many of the latest forecasts are known to have been right or wrong
 * @param error by what part these were off: their absolute errors together, as a part of all
 *     events; 0 where none was judged
 * @param spread the standard deviation of what came of them, as a part of what was expected; 0
 *     where none was judged
 */
public record RoundForecast(
    Instant at,
    Prediction total,
    Map<String, Prediction> byType,
    Map<String, Prediction> secondsByType,
    List<Double> come,
    int judged,
    double error,
    double spread) {

  /** So many of the latest forecasts are judged, and none is relied on before. */
  public static final int JUDGED = 10;

  /** No forecast is relied on while the latest were off by more than this part. */
  public static final double WORST_ERROR = 0.3;

  /** The least variance: a spread of 5%. */
  private static final double LEAST_VARIANCE = 0.0025;

  private static final double NANOS_PER_MINUTE = 60e9;

  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if a number is outside its range
   */
  public RoundForecast {
    requireNonNull(at, "at");
    requireNonNull(total, "total");
    byType = Map.copyOf(byType);
    secondsByType = Map.copyOf(secondsByType);
    come = List.copyOf(come);
    Requirements.count("parts that have come", come.size(), 1, Integer.MAX_VALUE);
    double before = 0;
    for (double part : come) {
      if (!(part >= before && part <= 1)) {
        throw new IllegalArgumentException(
            "parts that have come must be 0 to 1 and none below the one before, but are " + come);
      }
      before = part;
    }
    if (judged < 0 || !(error >= 0 && spread >= 0)) {
      throw new IllegalArgumentException(
          "nothing about errors is negative, but judged "
              + judged
              + ", error "
              + error
              + ", spread "
              + spread);
    }
  }

  /**
   * Returns why the forecast is not to be relied on, as a sentence; empty: it is. Fewer than
   * {@value #JUDGED} forecasts say too little, and where they were off by more than {@value
   * #WORST_ERROR} of the events, reacting does better.
   */
  public Optional<String> distrust() {
    if (judged < JUDGED) {
      return Optional.of(
          "forecasts are not used yet: " + judged + " of " + JUDGED + " rounds were forecast");
    }
    if (error > WORST_ERROR) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "forecasts are not used: the last %d were off by %.0f %%, more than %.0f %%",
              judged,
              error * 100,
              WORST_ERROR * 100));
    }
    return Optional.empty();
  }

  /**
   * Returns what part of a round's events has usually come after a time: between two minutes in
   * proportion.
   *
   * @param elapsed since the round began
   */
  public double comeAfter(Duration elapsed) {
    double minutes = Math.max(0, elapsed.toNanos() / NANOS_PER_MINUTE);
    int whole = (int) Math.min(minutes, come.size() - 1);
    double part = come.get(whole);
    return whole == come.size() - 1
        ? part
        : part + (minutes - whole) * (come.get(whole + 1) - part);
  }

  /**
   * Returns how many events will still come, by what was expected and by what has come: a forecast
   * that proves wrong in its round soon counts little. The number of a round's events is Gamma
   * distributed around the forecast with the spread of the latest ones, and those that come are
   * Poisson distributed (a conjugate prior: A. Gelman et al., <i>Bayesian Data Analysis</i>, 3rd
   * ed. 2013, 2.6). All together are no more than {@link Prediction#high()}: events that come
   * sooner than usual are not taken for more.
   *
   * @param arrived how many have come, at least 0
   * @param elapsed since the round began
   * @throws IllegalArgumentException if the number is negative
   */
  public double remaining(long arrived, Duration elapsed) {
    if (arrived < 0) {
      throw new IllegalArgumentException("arrived must be at least 0 but is " + arrived);
    }
    if (total.mean() == 0) {
      return 0;
    }
    double part = comeAfter(elapsed);
    double shape = 1 / Math.max(LEAST_VARIANCE, spread * spread);
    double remaining = (shape + arrived) / (shape / total.mean() + part) * (1 - part);
    return Math.min(remaining, Math.max(0, total.high() - arrived));
  }

  /**
   * What is expected of a number, and between which values it lies in 9 of 10 cases.
   *
   * @param mean what is expected, at least 0
   * @param low below that it is in 1 of 20 cases, at least 0
   * @param high above that it is in 1 of 20 cases, at least {@code low}
   */
  public record Prediction(double mean, double low, double high) {

    /** How probable it is that a number lies between low and high. */
    public static final double LEVEL = 0.9;

    /**
     * Creates a prediction.
     *
     * @throws IllegalArgumentException if a value is below 0, not a number, or the highest below
     *     the lowest
     */
    public Prediction {
      if (!(mean >= 0 && low >= 0 && high >= low)) {
        throw new IllegalArgumentException(
            "a prediction must be 0 ≤ low ≤ high and 0 ≤ mean but is low "
                + low
                + ", mean "
                + mean
                + ", high "
                + high);
      }
    }
  }
}
