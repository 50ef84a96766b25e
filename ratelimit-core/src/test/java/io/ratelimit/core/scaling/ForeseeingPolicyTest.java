package io.ratelimit.core.scaling;

import static io.ratelimit.core.scaling.Situation.START;
import static io.ratelimit.core.scaling.Situation.TEN_SECONDS;
import static io.ratelimit.core.scaling.Situation.mission;
import static io.ratelimit.core.scaling.Situation.perMinute;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A forecast begins an emergency earlier and lower, has workers ready, and never takes away. */
class ForeseeingPolicyTest {

  private static final ScalingPolicy STANDARD = ScalingPolicy.standard();
  private static final EventType URGENT =
      new EventType("URGENT", Priority.HIGH, Duration.ofSeconds(8));

  private static Situation emergency() {
    return mission().emergencyLimit(perMinute(60));
  }

  @Test
  void whatIsForecastRaisesTheLimitBeforeItIsThere() {
    ScalingDecision reaction = emergency().events(TEN_SECONDS, 40).decideBy(STANDARD);
    ScalingDecision foreseen =
        emergency()
            .events(TEN_SECONDS, 40)
            .arriving(Workload.of(TEN_SECONDS, 68))
            .decideBy(STANDARD);

    assertThat(reaction.limit()).isEqualTo(perMinute(20));
    assertThat(foreseen.limit()).isEqualTo(perMinute(38));
    assertThat(foreseen.mode()).isEqualTo(Mode.EMERGENCY);
    assertThat(foreseen.reason()).isEqualTo(Reason.ARRIVALS_FORECAST);
    assertThat(foreseen.explanation())
        .endsWith("more events are forecast to come before the deadline");
    // As if all of them waited.
    ScalingDecision all = emergency().events(TEN_SECONDS, 108).decideBy(STANDARD);
    assertThat(foreseen.limit()).isEqualTo(all.limit());
    assertThat(foreseen.workers()).isEqualTo(all.workers());
  }

  @Test
  void whileNothingWaitsWorkersAreReadyButNoLimitIsRaised() {
    ScalingDecision decision =
        emergency()
            .waiting(Workload.none())
            .arriving(Workload.of(TEN_SECONDS, 108))
            .decideBy(STANDARD);

    assertThat(decision.limit()).isEqualTo(perMinute(20));
    assertThat(decision.mode()).isEqualTo(Mode.NORMAL);
    assertThat(decision.workers()).isGreaterThanOrEqualTo(4);
    assertThat(decision.reason()).isEqualTo(Reason.ARRIVALS_FORECAST);
  }

  @Test
  void aForecastOfNothingChangesNothing() {
    for (int events : new int[] {0, 1, 40, 108, 300}) {
      assertThat(
              emergency()
                  .waiting(Workload.of(TEN_SECONDS, events))
                  .arriving(Workload.none())
                  .decideBy(STANDARD))
          .isEqualTo(emergency().waiting(Workload.of(TEN_SECONDS, events)).decideBy(STANDARD));
    }
  }

  @Test
  void whatIsKnownToGoWrongIsStillSaid() {
    ScalingDecision decision =
        emergency()
            .events(TEN_SECONDS, 400)
            .limitInForce(perMinute(60))
            .arriving(Workload.of(TEN_SECONDS, 400))
            .decideBy(STANDARD);

    assertThat(decision.limit()).isEqualTo(perMinute(60));
    assertThat(decision.reason()).isEqualTo(Reason.DEADLINE_OUT_OF_REACH);
  }

  @Test
  void whateverIsForecastTheDecisionIsNoLessThanTheReactionAndWithinTheBounds() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 3_000; i++) {
      Situation situation =
          emergency()
              .waiting(
                  Workload.of(TEN_SECONDS, random.nextInt(150))
                      .plus(Workload.of(URGENT, random.nextInt(20))))
              .inFlight(random.nextInt(10))
              .limitInForce(perMinute(20 + random.nextInt(41)))
              .startsInWindow(random.nextInt(60))
              .latestStart(START.minusSeconds(random.nextInt(20)))
              .secondsLeft(random.nextInt(-20, 180))
              .expectations(new Expectations(0.05, 3, 0.1, 2));
      ScalingDecision reaction = situation.decideBy(STANDARD);
      ScalingDecision foreseen =
          situation
              .arriving(
                  Workload.of(TEN_SECONDS, random.nextInt(100_000))
                      .plus(Workload.of(URGENT, random.nextInt(50))))
              .decideBy(STANDARD);

      assertThat(foreseen.limit().permits())
          .isBetween(reaction.limit().permits(), perMinute(60).permits());
      assertThat(foreseen.workers()).isBetween(reaction.workers(), 10);
    }
  }
}
