package io.ratelimit.benchmarks.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.forecast.Forecaster.SeriesModel;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/**
 * Whatever the forecast, rounds are little worse than without: no more of them are late, and other
 * costs are bounded. The forecasts are adversarial: they know what will come, and when forecasts
 * are relied on.
 */
class NeverMuchWorseTest {

  private static final int SEEDS = Integer.getInteger("seeds", 2);
  private static final int LEARNED = 20;
  private static final int PLAYED = 26;

  /** In a hundred rounds, this many more may be late: earlier starts change the luck of a round. */
  private static final double MISSED = 1;

  /** The most additional starts beyond the normal limit, as a share of all events. */
  private static final double EXTRA_STARTS = 0.06;

  /** The most worker minutes, relative to those without forecasts. */
  private static final double WORKERS = 1.2;

  /** Turns the truth into a forecast. */
  private interface Lie {
    double about(double truth, int round);
  }

  private static Map<String, Lie> lies() {
    Map<String, Lie> lies = new LinkedHashMap<>();
    lies.put("always twice as many", (truth, round) -> 2 * truth);
    lies.put("always none", (truth, round) -> 0);
    lies.put("always a million", (truth, round) -> 1e6);
    lies.put("as much too many as is still relied on", (truth, round) -> 1.29 * truth);
    lies.put("as many too few as is still relied on", (truth, round) -> 0.71 * truth);
    lies.put(
        "right until it is relied on, then five times as many",
        (truth, round) -> round % 12 == 11 ? 5 * truth : truth);
    lies.put(
        "by turns too many and too few", (truth, round) -> (round % 2 == 0 ? 1.29 : 0.71) * truth);
    lies.put("the truth", (truth, round) -> truth);
    return lies;
  }

  private static Forecaster telling(Lie lie, long[] counts) {
    return () ->
        new SeriesModel() {
          @Override
          public void learn(Instant at, double value) {}

          @Override
          public OptionalDouble expect(Instant at) {
            int round = (int) (Duration.between(Shape.START, at).toMinutes() / 3);
            return OptionalDouble.of(lie.about((double) counts[round], round));
          }
        };
  }

  @Test
  void whateverIsForecast() {
    Map<String, Score> scores = new LinkedHashMap<>();
    Score reaction = new Score();
    double events = 0;
    for (Shape shape : new Shape[] {Shape.STEADY, Shape.BURSTS, Shape.RANDOM, Shape.DAY_AT_ONCE}) {
      for (int seed = 1; seed <= SEEDS; seed++) {
        long[] counts = shape.counts(LEARNED + PLAYED, seed);
        Course course = new Course(counts, shape.atBegin(), seed, LEARNED, 1, Duration.ZERO);
        for (int i = LEARNED; i < counts.length; i++) {
          events += counts[i];
        }
        reaction.plus(course.reaction());
        lies()
            .forEach(
                (name, lie) ->
                    scores
                        .computeIfAbsent(name, unused -> new Score())
                        .plus(course.with(telling(lie, counts))));
        scores
            .computeIfAbsent("the standard", unused -> new Score())
            .plus(course.with(Forecaster.standard()));
      }
    }
    double most = reaction.extraStarts() + EXTRA_STARTS * events / reaction.rounds();

    scores.forEach(
        (name, score) -> {
          assertThat(score.missed()).as(name).isLessThanOrEqualTo(reaction.missed() + MISSED);
          assertThat(score.extraStarts()).as(name).isLessThanOrEqualTo(most);
          assertThat(score.workerMinutes())
              .as(name)
              .isLessThanOrEqualTo(WORKERS * reaction.workerMinutes());
          assertThat(score.largestWindow()).as(name).isLessThanOrEqualTo(60);
        });
    assertThat(scores.get("the truth").missed()).isLessThan(reaction.missed() / 2);
    assertThat(scores.get("always twice as many").used()).isZero();
    assertThat(scores.get("always none").used()).isZero();
  }
}
