package io.ratelimit.benchmarks.forecast;

import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.forecast.RoundForecast.Prediction;
import io.ratelimit.core.internal.forecast.RoundArrivals;
import io.ratelimit.core.internal.forecast.RoundForecaster;
import io.ratelimit.core.simulation.SimulatedFaults;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Weeks of rounds of one shape and seed. All rounds are learned; of those after the training, all
 * are forecast, and some are played, each separately.
 */
final class Course {

  private final long seed;
  private final int training;
  private final Duration startUp;
  private final List<RoundArrivals> kept = new ArrayList<>();
  private final Map<Integer, Round> played = new HashMap<>();
  private final double naive;

  /**
   * Creates a course.
   *
   * @param atBegin the share of a round's events that are pending when it begins
   * @param counts the number of events of each round
   * @param training the number of rounds that are only learned
   * @param stride every n-th of the other rounds is played
   * @param startUp how long a worker takes to start
   */
  Course(long[] counts, double atBegin, long seed, int training, int stride, Duration startUp) {
    this.seed = seed;
    this.training = training;
    this.startUp = startUp;
    double steps = 0;
    for (int i = 0; i < counts.length; i++) {
      Round round = Round.of(Shape.begin(i), counts[i], atBegin, seed);
      kept.add(round.kept());
      if (i >= training && (i - training) % stride == 0) {
        played.put(i, round);
      }
      steps += i == 0 ? 0 : Math.abs(counts[i] - counts[i - 1]);
    }
    this.naive = Math.max(1e-9, steps / (counts.length - 1));
  }

  /** Forecasts a round from the learned ones. */
  private interface Foresees {
    Optional<RoundForecast> round(int round);
  }

  /** Plays without a forecast. */
  Score reaction() {
    return play(round -> Optional.empty());
  }

  /** Plays with the truth as the forecast. */
  Score oracle() {
    return play(
        round -> {
          RoundArrivals truth = kept.get(round);
          return Optional.of(
              new RoundForecast(
                  truth.at(),
                  certain((double) truth.total()),
                  certain(truth.byType()),
                  Map.of(),
                  shares(truth),
                  RoundForecast.JUDGED,
                  0,
                  0));
        });
  }

  private static Prediction certain(double value) {
    return new Prediction(value, value, value);
  }

  private static Map<String, Prediction> certain(Map<String, Long> byType) {
    Map<String, Prediction> all = new HashMap<>();
    byType.forEach((type, count) -> all.put(type, certain((double) count)));
    return all;
  }

  private static List<Double> shares(RoundArrivals truth) {
    List<Double> shares = new ArrayList<>();
    double come = truth.atBegin();
    double all = Math.max(1, truth.total());
    shares.add(come / all);
    for (long minute : truth.byMinute()) {
      come += minute;
      shares.add(come / all);
    }
    return shares;
  }

  /** Plays with a forecaster. */
  Score with(Forecaster forecaster) {
    RoundForecaster rounds = new RoundForecaster(forecaster);
    for (int i = 0; i < training; i++) {
      rounds.learn(kept.get(i));
    }
    return play(
        round -> {
          Instant at = kept.get(round).at();
          RoundForecast forecast = rounds.forecast(at);
          rounds.learn(kept.get(round));
          return Optional.of(forecast);
        });
  }

  private Score play(Foresees foresees) {
    Score score = new Score();
    for (int i = training; i < kept.size(); i++) {
      Optional<RoundForecast> forecast = foresees.round(i);
      double events = kept.get(i).total();
      forecast.ifPresent(each -> score.came(each, events, naive));
      Round toPlay = played.get(i);
      if (toPlay != null) {
        boolean used = forecast.filter(each -> each.distrust().isEmpty()).isPresent();
        score.played(
            RoundPlay.play(
                toPlay, forecast, SimulatedFaults.typical(seed * 1_000_003 + i), startUp),
            used);
      }
    }
    return score;
  }
}
