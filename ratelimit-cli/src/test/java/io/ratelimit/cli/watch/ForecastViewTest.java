package io.ratelimit.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.engine.LearnedRounds;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.testkit.history.SampleRound;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of a forecast while a round is under way, and between rounds. */
class ForecastViewTest {

  private static final Duration ELAPSED = Duration.ofSeconds(150);
  private static final Instant BEGIN = Instant.parse("2026-01-02T03:00:00Z");

  private final LearnedRounds rounds =
      new LearnedRounds(Forecaster.standard(), Optional.of("audits"));

  /** Rounds of 100 events: 40 at the begin, 40 in the first minute and 20 in the second. */
  private void learn(int count) {
    InMemoryRoundHistory history = InMemoryRoundHistory.create();
    for (int i = count; i > 0; i--) {
      Instant at = BEGIN.minus(Duration.ofMinutes(3L * i));
      history.append(
          SampleRound.ended(RoundRecord.idOf("audits", "engine", at), at.plus(ELAPSED))
              .took(ELAPSED)
              .counts(new RoundRecord.Counts(40, 60, 100, 0, 0, 0, 100, 0))
              .arrivals(40L, 20L)
              .build());
    }
    rounds.learn(history, BEGIN);
  }

  /** A manager a minute after its begin: 20 done, 2 failed, and 58 unfinished. */
  private static ManagerStatus manager(ManagerOptions.Mode mode, Reason reason) {
    ScalingDecision decision =
        new ScalingDecision(
            BEGIN.plusSeconds(58),
            7,
            RateLimit.of(38).perMinute(),
            Mode.EMERGENCY,
            Constraint.RATE,
            reason,
            6,
            4,
            Duration.ofSeconds(90),
            Duration.ofSeconds(120),
            1,
            Optional.empty());
    return new ManagerStatus(
        Optional.of("audits"),
        ManagerStatus.State.EMERGENCY,
        mode,
        Optional.of(BEGIN),
        Optional.empty(),
        Optional.empty(),
        new WorkerRange(1, 10),
        7,
        7,
        0,
        Optional.of(10),
        Optional.of(new ManagerStatus.Queue(BEGIN.plusSeconds(60), 50, 1, 7, 1_000, 9, List.of())),
        Optional.empty(),
        Optional.of(decision),
        List.of(decision),
        Optional.of(Duration.ofSeconds(5)),
        new ManagerStatus.Counts(25, 20, 2, 1, 0, 0),
        List.of(),
        0,
        Optional.empty(),
        Optional.empty());
  }

  private ForecastView view(Optional<ManagerStatus> manager) {
    return ForecastView.of("audits", rounds, BEGIN.plusSeconds(61), manager);
  }

  private static String fact(ForecastView view, String label) {
    return view.facts().stream()
        .filter(fact -> fact.label().equals(label))
        .map(ForecastView.Fact::text)
        .findFirst()
        .orElse("");
  }

  @Test
  void aRoundUnderWayIsComparedWithItsForecast() {
    learn(12);
    ForecastView view =
        view(Optional.of(manager(ManagerOptions.Mode.ROUND, Reason.ARRIVALS_FORECAST)));

    assertThat(fact(view, "This round")).startsWith("100 events");
    assertThat(fact(view, "Next round")).isEmpty();
    assertThat(fact(view, "Arrival"))
        .isEqualTo("40 % at its begin, 80 % after 1 min, all after 2 min");
    assertThat(fact(view, "So far"))
        .isEqualTo(
            "80 events have come as of 2026-01-02T03:01:00Z, and about 20 more are expected");
    assertThat(fact(view, "Use"))
        .isEqualTo(
            "the last decision provides for events that are still to come: 7 workers, 38/min");
    assertThat(view.underWay()).isPresent();
  }

  @Test
  void aDecisionThatHasAnotherReasonIsNotAscribedToTheForecast() {
    learn(12);
    ForecastView view =
        view(Optional.of(manager(ManagerOptions.Mode.ROUND, Reason.DEADLINE_IN_DANGER)));

    assertThat(fact(view, "Use")).startsWith("rounds provide for these events before they come");
  }

  @Test
  void whatIsNotReliedOnExpectsNothingMore() {
    learn(5);
    ForecastView view =
        view(Optional.of(manager(ManagerOptions.Mode.ROUND, Reason.DEADLINE_IN_DANGER)));

    assertThat(fact(view, "So far")).isEqualTo("80 events have come as of 2026-01-02T03:01:00Z");
    assertThat(fact(view, "Use"))
        .isEqualTo("forecasts are not used yet: 4 of 10 rounds were forecast");
  }

  @Test
  void aServiceHasNoRound() {
    learn(12);
    ForecastView view =
        view(Optional.of(manager(ManagerOptions.Mode.CONTINUOUS, Reason.DEADLINE_IN_DANGER)));

    assertThat(view.underWay()).isEmpty();
    assertThat(fact(view, "Next round")).startsWith("100 events");
  }
}
