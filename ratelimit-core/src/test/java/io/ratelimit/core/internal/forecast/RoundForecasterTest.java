package io.ratelimit.core.internal.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.forecast.Forecaster.SeriesModel;
import io.ratelimit.core.forecast.PastForecast;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.forecast.RoundForecast.Prediction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Forecasts of rounds, and when they are relied on. */
class RoundForecasterTest {

  private static final Instant START = Instant.parse("2026-11-02T00:00:00Z");

  private final RoundForecaster forecaster = new RoundForecaster(Forecaster.lastValue());

  private static Instant at(int round) {
    return START.plus(Duration.ofMinutes(3).multipliedBy(round));
  }

  private static RoundArrivals round(int number, long events) {
    return new RoundArrivals(at(number), events, List.of(), Map.of("A", events), Map.of());
  }

  private void learn(long... counts) {
    for (int i = 0; i < counts.length; i++) {
      forecaster.learn(round(i, counts[i]));
    }
  }

  @Test
  void nothingIsKnownAtFirst() {
    RoundForecast forecast = forecaster.forecast(START);

    assertThat(forecast.total().mean()).isZero();
    assertThat(forecast.judged()).isZero();
    assertThat(forecast.remaining(0, Duration.ZERO)).isZero();
    assertThat(forecast.distrust())
        .hasValue("forecasts are not used yet: 0 of 10 rounds were forecast");
  }

  @Test
  void tenForecastsThatWereRightAreRelied() {
    learn(100, 100, 100, 100, 100, 100, 100, 100, 100, 100);
    assertThat(forecaster.forecast(at(10)).distrust()).isPresent();

    forecaster.learn(round(10, 100));

    assertThat(forecaster.forecast(at(11)).distrust()).isEmpty();
    assertThat(forecaster.forecast(at(11)).total()).isEqualTo(new Prediction(100, 100, 100));
  }

  @Test
  void thoseThatWereOffAreNot() {
    learn(100, 10, 100, 10, 100, 10, 100, 10, 100, 10, 100, 10);

    RoundForecast forecast = forecaster.forecast(at(12));

    assertThat(forecast.judged()).isEqualTo(10);
    assertThat(forecast.error()).isCloseTo(900 / 550.0, within(1e-9));
    assertThat(forecast.distrust())
        .hasValue("forecasts are not used: the last 10 were off by 164 %, more than 30 %");
  }

  @Test
  void trustComesBackWhenTheyAreRightAgain() {
    learn(100, 10, 100, 10, 100, 10, 100, 10, 100, 10, 100, 10);
    for (int i = 12; i < 23; i++) {
      forecaster.learn(round(i, 50));
    }

    assertThat(forecaster.forecast(at(23)).distrust()).isEmpty();
  }

  @Test
  void aRoundIsLearnedOnceAndInOrder() {
    learn(100, 50);
    forecaster.learn(round(1, 7));
    forecaster.learn(round(0, 7));

    assertThat(forecaster.forecast(at(2)).total().mean()).isEqualTo(50);
    assertThat(forecaster.forecast(at(2)).judged()).isEqualTo(1);
  }

  @Test
  void whatWasExpectedIsKeptBesideWhatCame() {
    learn(100, 110, 90);

    assertThat(forecaster.learned()).isEqualTo(3);
    assertThat(forecaster.past())
        .containsExactly(
            new PastForecast(at(1), new Prediction(100, 0, Double.MAX_VALUE), 110),
            new PastForecast(at(2), new Prediction(110, 120, 120), 90));
    for (int i = 3; i < 300; i++) {
      forecaster.learn(round(i, i));
    }
    assertThat(forecaster.past()).hasSize(200);
    assertThat(forecaster.past().get(199).came()).isEqualTo(299);
    assertThat(forecaster.past().get(0).came()).isEqualTo(100);
  }

  @Test
  void theModelThatForecastsIsNamed() {
    RoundForecaster best =
        new RoundForecaster(
            Forecaster.recentBest(List.of(Forecaster.smoothing(), Forecaster.lastValue())));
    assertThat(best.model(START)).isEmpty();
    for (int i = 0; i < 40; i++) {
      // Of a number that always grows, the last value is the least wrong.
      best.learn(round(i, i * 10L));
    }

    assertThat(best.model(at(40))).hasValue("last value");
    assertThat(best.forecast(at(40)).total().mean()).isEqualTo(390);
  }

  @Test
  void typesAddUpToTheTotal() {
    forecaster.learn(
        new RoundArrivals(at(0), 100, List.of(), Map.of("A", 60L, "B", 40L), Map.of()));
    // The types of this one are unknown.
    forecaster.learn(new RoundArrivals(at(1), 50, List.of(), Map.of(), Map.of()));

    RoundForecast forecast = forecaster.forecast(at(2));

    assertThat(forecast.total().mean()).isEqualTo(50);
    assertThat(forecast.byType().get("A").mean()).isCloseTo(30, within(1e-9));
    assertThat(forecast.byType().get("B").mean()).isCloseTo(20, within(1e-9));
  }

  @Test
  void timesAreForecastByType() {
    for (int i = 0; i < 3; i++) {
      forecaster.learn(
          new RoundArrivals(at(i), 1, List.of(), Map.of("A", 1L), Map.of("A", 4.0 + i)));
    }
    // No attempt was made in this one.
    forecaster.learn(new RoundArrivals(at(3), 1, List.of(), Map.of("A", 1L), Map.of()));

    assertThat(forecaster.forecast(at(4)).secondsByType())
        .containsExactly(Map.entry("A", new Prediction(6, 7, 7)));
  }

  @Test
  void aTypeThatNoLongerComesIsForgotten() {
    forecaster.learn(new RoundArrivals(at(0), 10, List.of(), Map.of("OLD", 10L), Map.of()));
    forecaster.learn(new RoundArrivals(at(1), 10, List.of(), Map.of("NEW", 10L), Map.of()));

    assertThat(forecaster.forecast(at(2)).byType()).containsOnlyKeys("NEW");
  }

  @Test
  void whatNoCountCanBeIsNothingKnown() {
    for (double nonsense : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      RoundForecaster misled =
          new RoundForecaster(
              () ->
                  new SeriesModel() {
                    @Override
                    public void learn(Instant at, double value) {}

                    @Override
                    public OptionalDouble expect(Instant at) {
                      return OptionalDouble.of(nonsense);
                    }
                  });
      misled.learn(round(0, 100));
      misled.learn(round(1, 100));

      assertThat(misled.forecast(at(2)).total().mean()).isZero();
      assertThat(misled.forecast(at(2)).distrust()).isPresent();
    }
  }

  @Test
  void nineOfTenRoundsAreWithinTheInterval() {
    SplittableRandom random = new SplittableRandom(3);
    RoundForecaster smooth = new RoundForecaster(Forecaster.smoothing());
    int within = 0;
    for (int i = 0; i < 2_200; i++) {
      long events = Math.round(100 + 10 * random.nextGaussian());
      Prediction expected = smooth.forecast(at(i)).total();
      if (i >= 200 && events >= expected.low() && events <= expected.high()) {
        within++;
      }
      smooth.learn(round(i, events));
    }

    assertThat(within / 2_000.0).isBetween(0.86, 0.93);
  }

  @Test
  void partsComeAsTheyUsuallyCame() {
    forecaster.learn(new RoundArrivals(at(0), 20, List.of(40L, 30L, 10L), Map.of(), Map.of()));

    RoundForecast forecast = forecaster.forecast(at(1));

    assertThat(forecast.come()).containsExactly(0.2, 0.6, 0.9, 1.0);
    assertThat(forecast.comeAfter(Duration.ofSeconds(-5))).isEqualTo(0.2);
    assertThat(forecast.comeAfter(Duration.ofSeconds(30))).isCloseTo(0.4, within(1e-9));
    assertThat(forecast.comeAfter(Duration.ofMinutes(9))).isEqualTo(1);
  }

  private static RoundForecast sure(double spread, Double... come) {
    return new RoundForecast(
        START, new Prediction(100, 80, 120), Map.of(), Map.of(), List.of(come), 10, 0, spread);
  }

  @Test
  void whatRemainsFollowsTheForecastAndThenTheRound() {
    // Gamma prior of shape 1 / 0.1² = 100 around 100: (100 + arrived) / (1 + part) · (1 − part).
    RoundForecast forecast = sure(0.1, 0.0, 0.5, 1.0);

    assertThat(forecast.remaining(0, Duration.ZERO)).isCloseTo(100, within(1e-9));
    assertThat(forecast.remaining(50, Duration.ofMinutes(1))).isCloseTo(50, within(1e-9));
    assertThat(forecast.remaining(20, Duration.ofMinutes(1)))
        .isCloseTo(120 / 1.5 * 0.5, within(1e-9));
    assertThat(forecast.remaining(50, Duration.ofMinutes(2))).isZero();
  }

  @Test
  void anUnsureForecastSoonCountsLittle() {
    // Shape 1 / 2² = 0.25.
    RoundForecast forecast = sure(2, 0.0, 0.5, 1.0);

    assertThat(forecast.remaining(10, Duration.ofMinutes(1)))
        .isCloseTo(10.25 / 0.5025 * 0.5, within(1e-9));
  }

  @Test
  void whatComesSoonerThanUsualIsNotTakenForMore() {
    RoundForecast forecast = sure(0.1, 0.0, 0.5, 1.0);

    assertThat(forecast.remaining(100, Duration.ZERO)).isCloseTo(20, within(1e-9));
    assertThat(forecast.remaining(500, Duration.ZERO)).isZero();
  }

  @Test
  void whatIsThereAtOnceLeavesNothingToCome() {
    learn(100, 100, 100);

    assertThat(forecaster.forecast(at(3)).remaining(0, Duration.ZERO)).isZero();
  }

  @Test
  void wrongFactsAreRefused() {
    assertThatThrownBy(() -> new RoundArrivals(START, -1, List.of(), Map.of(), Map.of()))
        .hasMessage("events at the begin must be at least 0 but are -1");
    assertThatThrownBy(() -> new RoundArrivals(START, 0, List.of(-2L), Map.of(), Map.of()))
        .hasMessage("events of a minute must be at least 0 but are -2");
    assertThatThrownBy(() -> new RoundArrivals(START, 0, List.of(), Map.of("A", -3L), Map.of()))
        .hasMessage("events of A must be at least 0 but are -3");
    assertThatThrownBy(() -> new Prediction(1, 3, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Prediction(Double.NaN, 0, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> sure(0.1, 0.5, 0.4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> sure(-0.1, 1.0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> sure(0.1, 1.0).remaining(-1, Duration.ZERO))
        .hasMessage("arrived must be at least 0 but is -1");
  }
}
