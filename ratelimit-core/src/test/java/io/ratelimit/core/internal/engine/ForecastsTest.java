package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.history.TestRounds;
import io.ratelimit.core.report.Spread;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Learning from a history. */
class ForecastsTest {

  private static final Instant START = Instant.parse("2026-11-02T00:00:00Z");
  private static final Duration APART = Duration.ofMinutes(3);

  private final InMemoryRoundHistory history = InMemoryRoundHistory.create();
  private final Forecasts forecasts =
      new Forecasts(history, Forecaster.lastValue(), Optional.of("audits"));

  private static Instant at(int round) {
    return START.plus(APART.multipliedBy(round));
  }

  /**
   * Returns a round of {@code backlog} events at the beginning, and 30 and 10 in the next minutes.
   */
  private static RoundRecord round(String queue, Instant at, long backlog, long remaining) {
    return round(
        queue,
        at,
        Optional.of(
            new RoundRecord.Counts(
                backlog, 40, backlog + 40 - remaining, 0, remaining, 0, backlog + 40, 0)),
        RoundRecord.Outcome.MET,
        List.of(type("A", backlog, List.of(30L, 10L))));
  }

  private static RoundRecord.OfType type(String name, long backlog, List<Long> minutes) {
    return new RoundRecord.OfType(
        name,
        Optional.of(backlog),
        Optional.of(minutes),
        2,
        2,
        0,
        0,
        Optional.of(Spread.of(Duration.ofSeconds(4), Duration.ofSeconds(6))));
  }

  private static RoundRecord round(
      String queue,
      Instant at,
      Optional<RoundRecord.Counts> counts,
      RoundRecord.Outcome outcome,
      List<RoundRecord.OfType> types) {
    return TestRounds.round(
        RoundRecord.idOf(queue, "engine", at),
        queue,
        at,
        at.plusSeconds(120),
        outcome,
        counts,
        Optional.of(List.of(30L, 10L)),
        types);
  }

  private RoundForecast forecast(int round) {
    forecasts.learn(at(round));
    return forecasts.forecast(at(round));
  }

  @Test
  void whatWaitedAndWhatCameIsLearned() {
    history.append(round("audits", at(0), 60, 0));

    RoundForecast forecast = forecast(1);

    assertThat(forecast.total().mean()).isEqualTo(100);
    assertThat(forecast.byType()).containsOnlyKeys("A");
    assertThat(forecast.come()).containsExactly(0.6, 0.9, 1.0);
    assertThat(forecast.secondsByType().get("A").mean())
        .as("the middle of the bucket of 5 s")
        .isEqualTo(4.928);
    assertThat(forecasts.notes()).isEmpty();
  }

  @Test
  void onlyWhatIsNewIsReadAgain() {
    for (int i = 0; i < 12; i++) {
      history.append(round("audits", at(i), 60, 0));
      assertThat(forecast(i + 1).judged()).isEqualTo(Math.min(i, RoundForecast.JUDGED));
    }
    assertThat(forecast(12).distrust()).isEmpty();
  }

  @Test
  void manyPagesAreReadInTheOrderOfTime() {
    for (int i = 0; i < 1_000; i++) {
      history.append(round("audits", at(i), i, 0));
    }

    assertThat(forecast(1_000).total().mean()).isEqualTo(999 + 40);
    assertThat(forecasts.forecast(at(1_000)).distrust()).isEmpty();
  }

  @Test
  void whatTheRoundBeforeLeftIsNotCountedAgain() {
    history.append(round("audits", at(0), 60, 25));
    history.append(round("audits", at(1), 85, 0));

    assertThat(forecast(2).total().mean()).isEqualTo(100);
  }

  @Test
  void roundsOfOtherQueuesAndOverlappingOnesAreLeftOut() {
    history.append(round("audits", at(0), 60, 0));
    history.append(round("audits", at(0).plusSeconds(60), 7, 0));
    history.append(round("others", at(1), 7, 0));

    assertThat(forecast(2).total().mean()).isEqualTo(100);
  }

  @Test
  void roundsOfWhichTooLittleIsKnownAreLeftOut() {
    history.append(round("audits", at(0), 60, 0));
    history.append(round("audits", at(1), Optional.empty(), RoundRecord.Outcome.MISSED, List.of()));
    history.append(
        round(
            "audits",
            at(2),
            Optional.of(new RoundRecord.Counts(7, 40, 0, 0, 47, 0, 0, 0)),
            RoundRecord.Outcome.CANCELLED,
            List.of()));

    assertThat(forecast(3).total().mean()).isEqualTo(100);
  }

  @Test
  void typesThatNobodyMayHaveAreOthers() {
    history.append(
        round(
            "audits",
            at(0),
            Optional.of(new RoundRecord.Counts(60, 40, 100, 0, 0, 0, 100, 0)),
            RoundRecord.Outcome.MET,
            List.of(
                type("A", 50, List.of(30L, 10L)), type(RoundRecord.OTHER_TYPES, 10, List.of(0L)))));

    assertThat(forecast(1).byType().keySet())
        .containsExactlyInAnyOrder("A", EventType.OTHERS.name());
  }

  @Test
  void whereTheHistoryFailsForecastsGoOnFromWhatWasLearned() {
    RoundHistory failing =
        new RoundHistory() {
          private int reads;

          @Override
          public void append(RoundRecord round) {}

          @Override
          public HistoryPage read(HistoryQuery query) {
            reads++;
            if (reads == 2) {
              throw new HistoryException("the disk is gone");
            }
            return reads == 1
                ? new HistoryPage(List.of(round("audits", at(0), 60, 0)), Optional.empty(), 0)
                : HistoryPage.EMPTY;
          }
        };
    Forecasts going = new Forecasts(failing, Forecaster.lastValue(), Optional.of("audits"));
    going.learn(at(1));
    going.learn(at(2));

    assertThat(going.forecast(at(2)).total().mean()).isEqualTo(100);
    assertThat(going.notes())
        .containsExactly(
            "the history cannot be read since 2026-11-02T00:06:00Z: the disk is gone; forecasts go"
                + " on from what was learned before");

    going.learn(at(3));
    assertThat(going.notes()).isEmpty();
  }

  @Test
  void badForecastsAreSaidToBe() {
    for (int i = 0; i < 14; i++) {
      history.append(round("audits", at(i), i % 2 == 0 ? 0 : 160, 0));
    }

    assertThat(forecast(14).distrust()).isPresent();
    assertThat(forecasts.notes())
        .singleElement()
        .asString()
        .startsWith("forecasts are not used: the last 10 were off by 133 %");
  }
}
