package io.ratelimit.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every round that can be on time is. {@code -Drounds=10000} plays as many rounds as the table in
 * docs/scaling.md, which takes a minute.
 */
class OnTimeTest {

  private static final int ROUNDS = Integer.getInteger("rounds", 1_000);

  @Test
  void nineHundredNinetyNineOfAThousandDefaultRoundsAre() {
    DefaultRounds.Outcome outcome = DefaultRounds.play(ROUNDS, ScalingPolicy.standard());
    System.out.println("policy: " + outcome);

    // Of 1,000 rounds, 1 may be late on average, and 6 in one of 10,000 cases.
    double allowed = ROUNDS / 1_000.0;
    assertThat((double) outcome.rounds() - outcome.met())
        .as("%s", outcome)
        .isLessThanOrEqualTo(allowed + 3.1 * Math.sqrt(allowed) + 1);
    assertThat(outcome.extraStarts()).as("%s", outcome).isLessThan(65);
    assertThat(outcome.changes()).as("%s", outcome).isLessThan(3);
    assertThat(outcome.announced()).as("%s", outcome).isLessThan(6);
  }

  @Test
  void lessConfidenceCostsFewerStartsAndMoreLateRounds() {
    ScalingPolicy standard = ScalingPolicy.standard();
    ScalingPolicy bold = input -> standard.decide(input.withConfidence(new Confidence(0.5)));
    DefaultRounds.Outcome sure = DefaultRounds.play(300, standard);
    DefaultRounds.Outcome unsure = DefaultRounds.play(300, bold);

    assertThat(unsure.met()).isBetween(150, sure.met() - 5);
    assertThat(unsure.extraStarts()).isLessThan(sure.extraStarts() - 4);
  }

  @Test
  void theSameRoundsAreAllOnTimeAtTheCeiling() {
    DefaultRounds.Outcome outcome = DefaultRounds.oracle(ROUNDS);
    System.out.println("oracle: " + outcome);

    assertThat(outcome.met()).isEqualTo(ROUNDS);
  }

  /** 60 events declared to take 2 s: at 20/min they need 180 s, and no more than a worker. */
  private static Simulation.Result declaredTwoSeconds(double factor) {
    EventType type = new EventType("BRIEF", Priority.NORMAL, Duration.ofSeconds(2));
    List<AuditEvent> events =
        IntStream.range(0, 60).mapToObj(i -> AuditEvent.of("e" + i, type, "w")).toList();
    return Simulation.builder(events, RateLimit.of(20).perMinute())
        .terms(RoundTerms.DEFAULT.withEmergencyLimit(RateLimit.of(60).perMinute()))
        .realTime(factor)
        .build()
        .run();
  }

  @Test
  void eventsThatTakeSixTimesAsLongAsDeclaredAreOnTime() {
    Simulation.Result result = declaredTwoSeconds(6);

    assertThat(result.report().deadlineMet()).as("%s", result.report()).isTrue();
    assertThat(result.report().limitHeld()).contains(true);
  }

  @Test
  void tenTimesShorterOnesNeedNoMoreThanWasDeclared() {
    Simulation.Result result = declaredTwoSeconds(0.1);

    assertThat(result.report().deadlineMet()).isTrue();
    assertThat(result.samples()).allMatch(sample -> sample.workers() <= 2);
  }
}
