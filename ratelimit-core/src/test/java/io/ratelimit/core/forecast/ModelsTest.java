package io.ratelimit.core.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.ratelimit.core.forecast.Forecaster.Season;
import io.ratelimit.core.forecast.Forecaster.SeriesModel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Each model's forecasts of series that are easy to follow. */
class ModelsTest {

  private static final Instant MONDAY = Instant.parse("2026-11-02T00:00:00Z");
  private static final Duration APART = Duration.ofMinutes(3);
  private static final int DAY = 480;
  private static final int WEEK = 7 * DAY;

  private static Instant at(int round) {
    return MONDAY.plus(APART.multipliedBy(round));
  }

  private static SeriesModel learned(
      Forecaster forecaster, int rounds, IntToDoubleFunction values) {
    SeriesModel model = forecaster.model();
    for (int i = 0; i < rounds; i++) {
      model.learn(at(i), values.applyAsDouble(i));
    }
    return model;
  }

  /** Returns the mean error of the forecasts of the last rounds. */
  private static double error(
      Forecaster forecaster, int rounds, int last, IntToDoubleFunction values) {
    SeriesModel model = forecaster.model();
    double sum = 0;
    for (int i = 0; i < rounds; i++) {
      if (i >= rounds - last) {
        sum += Math.abs(values.applyAsDouble(i) - model.expect(at(i)).orElseThrow());
      }
      model.learn(at(i), values.applyAsDouble(i));
    }
    return sum / last;
  }

  private static List<Forecaster> all() {
    return List.of(
        Forecaster.lastValue(),
        Forecaster.seasonalNaive(Season.DAY),
        Forecaster.smoothing(),
        Forecaster.holtWinters(Season.DAY),
        Forecaster.holtWinters(Season.WEEK),
        Forecaster.sameHour(Season.DAY, 0.5),
        Forecaster.standard());
  }

  @Test
  void nothingIsExpectedOfASeriesThatHasNotBegun() {
    for (Forecaster forecaster : all()) {
      assertThat(forecaster.model().expect(MONDAY)).isEmpty();
    }
  }

  @Test
  void whatNeverChangesIsExpectedToStay() {
    for (Forecaster forecaster : all()) {
      double next = learned(forecaster, 2 * DAY, i -> 108).expect(at(2 * DAY)).orElseThrow();

      assertThat(next).isCloseTo(108, within(1e-6));
    }
  }

  @Test
  void noModelExpectsLessThanNothing() {
    for (Forecaster forecaster : all()) {
      SeriesModel model = learned(forecaster, 400, i -> Math.max(0, 400 - 4 * i));

      assertThat(model.expect(at(400)).orElse(0)).isNotNegative();
    }
  }

  @Test
  void theRecursionIsThatOfThePaper() {
    // α = 0.5, φ = 0.98, β = 0.5, no season. Level: 10; 0.5·20 + 0.5·10 = 15, slope 0.5·5 = 2.5;
    // 0.5·30 + 0.5·(15 + 2.45) = 23.725, slope 0.5·8.725 + 0.5·2.45 = 5.5875.
    HoltWintersFilter filter = new HoltWintersFilter(1, 0.5, 0.5, 0);
    filter.learn(0, 10);
    assertThat(filter.expect(0)).isEqualTo(10);
    filter.learn(0, 20);
    assertThat(filter.expect(0)).isCloseTo(15 + 0.98 * 2.5, within(1e-12));
    filter.learn(0, 30);
    assertThat(filter.expect(0)).isCloseTo(23.725 + 0.98 * 5.5875, within(1e-12));
  }

  @Test
  void anHourIsWhatItAddsToTheLevel() {
    // α = γ = 0.5. Hour 0: level 10. Hour 1: level 0.5·20 + 0.5·10 = 15, adds 20 − 15 = 5.
    // Hour 0 again, after 10: level 0.5·(10 − 0) + 0.5·15 = 12.5, adds 0.5·(10 − 12.5) = −1.25.
    HoltWintersFilter filter = new HoltWintersFilter(2, 0.5, 0, 0.5);
    filter.learn(0, 10);
    filter.learn(1, 20);
    assertThat(filter.expect(1)).isEqualTo(20);
    assertThat(filter.expect(0)).isEqualTo(15);
    filter.learn(0, 10);
    assertThat(filter.expect(0)).isCloseTo(12.5 - 1.25, within(1e-12));
    assertThat(filter.expect(1)).isCloseTo(12.5 + 5, within(1e-12));
  }

  @Test
  void smoothingFollowsAJumpWithinSomeRounds() {
    IntToDoubleFunction jump = i -> i < DAY ? 40 : 120;

    SeriesModel model = learned(Forecaster.smoothing(), DAY + 20, jump);

    assertThat(model.expect(at(DAY + 20)).orElseThrow()).isCloseTo(120, within(5.0));
  }

  @Test
  void holtWintersKnowsTheHoursAndTheSlope() {
    IntToDoubleFunction days = i -> 100 + 60 * (i / 20 % 24 < 12 ? 1 : -1) + i / 200.0;

    double error = error(Forecaster.holtWinters(Season.DAY), 14 * DAY, DAY, days);

    assertThat(error).isLessThan(6);
    assertThat(error(Forecaster.smoothing(), 14 * DAY, DAY, days)).isGreaterThan(2 * error / 3);
    // Only the season helps in the first round of a new half day.
    SeriesModel model = learned(Forecaster.holtWinters(Season.DAY), 14 * DAY - 240, days);
    assertThat(model.expect(at(14 * DAY - 240)).orElseThrow())
        .isCloseTo(days.applyAsDouble(14 * DAY - 240), within(20.0));
  }

  @Test
  void aWeekTellsSundaysFromMondays() {
    IntToDoubleFunction weeks = i -> i / DAY % 7 == 6 ? 10 : 100;

    SeriesModel model = learned(Forecaster.seasonalNaive(Season.WEEK), 2 * WEEK, weeks);

    assertThat(model.expect(at(2 * WEEK)).orElseThrow()).isEqualTo(100);
    assertThat(model.expect(at(2 * WEEK + 6 * DAY)).orElseThrow()).isEqualTo(10);
    assertThat(
            learned(Forecaster.seasonalNaive(Season.DAY), 2 * WEEK, weeks)
                .expect(at(2 * WEEK))
                .orElseThrow())
        .isEqualTo(10);
  }

  @Test
  void whileAnHourGoesOnItsLastSeasonCounts() {
    SeriesModel model = Forecaster.seasonalNaive(Season.DAY).model();
    model.learn(at(0), 10);
    model.learn(at(1), 30);
    model.learn(at(DAY), 100);

    assertThat(model.expect(at(DAY + 1)).orElseThrow()).isEqualTo(20);
    assertThat(model.expect(at(2 * DAY)).orElseThrow()).isEqualTo(100);
    assertThat(model.expect(at(2 * DAY + 25))).isEmpty();
  }

  @Test
  void aQuantileOfAnHourIsBetweenTwoOfItsValues() {
    SeriesModel model = Forecaster.sameHour(Season.DAY, 0.75).model();
    for (int value : new int[] {40, 10, 30, 20}) {
      model.learn(MONDAY, value);
    }

    assertThat(model.expect(MONDAY).orElseThrow()).isCloseTo(32.5, within(1e-12));
    assertThatThrownBy(() -> Forecaster.sameHour(Season.DAY, 1.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("quantile must be 0 to 1 but is 1.5");
  }

  @Test
  void theLeastWrongOfLateIsChosen() {
    Forecaster always40 = () -> always(40);
    Forecaster always100 = () -> always(100);
    IntToDoubleFunction jump = i -> i < DAY ? 41 : 99;

    SeriesModel model = Forecaster.recentBest(List.of(always40, always100)).model();
    for (int i = 0; i < 2 * DAY; i++) {
      if (i == DAY) {
        assertThat(model.expect(at(i)).orElseThrow()).isEqualTo(40);
      }
      model.learn(at(i), jump.applyAsDouble(i));
    }

    assertThat(model.expect(at(2 * DAY)).orElseThrow()).isEqualTo(100);
    assertThat(Forecaster.holtWinters(Season.WEEK).model().name(MONDAY))
        .isEqualTo("Holt-Winters by week");
    assertThat(always40.model().name(MONDAY)).as("the name of a host's class").isNotBlank();
    assertThatThrownBy(() -> Forecaster.recentBest(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static SeriesModel always(double value) {
    return new SeriesModel() {
      @Override
      public void learn(Instant at, double unused) {}

      @Override
      public OptionalDouble expect(Instant at) {
        return OptionalDouble.of(value);
      }
    };
  }

  @Test
  void theStandardIsNotMuchWorseThanTheBestOfEach() {
    SplittableRandom random = new SplittableRandom(7);
    double[] noise = random.doubles(3 * WEEK).map(chance -> 20 * (chance - 0.5)).toArray();
    List<IntToDoubleFunction> series =
        List.of(
            i -> 80 + noise[i],
            i -> 80 + 50 * Math.sin(2 * Math.PI * i / DAY) + noise[i],
            i -> (i / DAY % 7 < 5 ? 100 : 30) + noise[i],
            i -> 40 + i / 100.0 + noise[i]);
    for (IntToDoubleFunction each : series) {
      double best =
          all().stream()
              .mapToDouble(forecaster -> error(forecaster, 3 * WEEK, WEEK, each))
              .min()
              .orElseThrow();

      assertThat(error(Forecaster.standard(), 3 * WEEK, WEEK, each)).isLessThan(1.1 * best);
    }
  }
}
