package io.ratelimit.core.scaling;

import static io.ratelimit.core.scaling.Situation.TEN_SECONDS;
import static io.ratelimit.core.scaling.Situation.mission;
import static io.ratelimit.core.scaling.Situation.perMinute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Policies that a few cases describe. */
class SmallPoliciesTest {

  private static ScalingPolicy wanting(int workers, Reason reason) {
    return input -> new DemandPolicy().decide(input).withWorkers(workers, Constraint.RATE, reason);
  }

  @Nested
  class Clamp {

    @Test
    void keepsWhatIsWithinTheRange() {
      ScalingPolicy inner = wanting(5, Reason.LIMIT_IS_BOTTLENECK);

      assertThat(mission().workers(1, 5).decideBy(new ClampPolicy(inner)))
          .isEqualTo(mission().workers(1, 5).decideBy(inner));
    }

    @Test
    void cutsDownToTheMaximumAndNamesTheWorkersAsTheBottleneck() {
      ScalingDecision decision =
          mission().workers(1, 4).decideBy(new ClampPolicy(wanting(5, Reason.LIMIT_IS_BOTTLENECK)));

      assertThat(decision.workers()).isEqualTo(4);
      assertThat(decision.constraint()).isEqualTo(Constraint.WORKERS);
      assertThat(decision.reason()).isEqualTo(Reason.WORKERS_ARE_BOTTLENECK);
    }

    @Test
    void aWorseReasonStays() {
      for (Reason reason : new Reason[] {Reason.DEADLINE_OUT_OF_REACH, Reason.FIXED}) {
        ScalingDecision decision =
            mission().workers(1, 4).decideBy(new ClampPolicy(wanting(5, reason)));

        assertThat(decision.constraint()).isEqualTo(Constraint.WORKERS);
        assertThat(decision.reason()).isEqualTo(reason);
      }
    }

    @Test
    void raisesToTheMinimumForTheSameReason() {
      ScalingDecision decision =
          mission().workers(3, 4).decideBy(new ClampPolicy(wanting(0, Reason.QUEUE_EMPTY)));

      assertThat(decision.workers()).isEqualTo(3);
      assertThat(decision.constraint()).isEqualTo(Constraint.RATE);
      assertThat(decision.reason()).isEqualTo(Reason.QUEUE_EMPTY);
    }
  }

  @Nested
  class Idle {

    private final ScalingPolicy policy = new IdlePolicy(wanting(7, Reason.LIMIT_IS_BOTTLENECK));

    @Test
    void nothingWaitsAndNothingRuns() {
      ScalingDecision decision =
          mission()
              .waiting(Workload.none())
              .workers(2, 10)
              .emergencyLimit(perMinute(60))
              .limitInForce(perMinute(60))
              .decideBy(policy);

      assertThat(decision.workers()).isEqualTo(2);
      assertThat(decision.constraint()).isEqualTo(Constraint.WORK);
      assertThat(decision.reason()).isEqualTo(Reason.QUEUE_EMPTY);
      assertThat(decision.mode()).isEqualTo(Mode.NORMAL);
      assertThat(decision.limit()).isEqualTo(perMinute(20));
    }

    @Test
    void whileSomethingRunsItIsNotIdle() {
      assertThat(mission().waiting(Workload.none()).inFlight(1).decideBy(policy).workers())
          .isEqualTo(7);
    }
  }

  @Nested
  class Fixed {

    @Test
    void alwaysTheSameNumberWhateverThereIsToDo() {
      ScalingDecision busy = mission().decideBy(ScalingPolicy.fixed(6));
      assertThat(busy.workers()).isEqualTo(6);
      assertThat(busy.reason()).isEqualTo(Reason.FIXED);
      assertThat(busy.constraint()).isEqualTo(Constraint.RATE);

      ScalingDecision idle = mission().waiting(Workload.none()).decideBy(ScalingPolicy.fixed(6));
      assertThat(idle.workers()).isEqualTo(6);
      assertThat(idle.constraint()).isEqualTo(Constraint.WORK);
    }

    @Test
    void tooFewAreTheBottleneck() {
      assertThat(mission().decideBy(ScalingPolicy.fixed(3)).constraint())
          .isEqualTo(Constraint.WORKERS);
      assertThat(mission().decideBy(ScalingPolicy.fixed(4)).constraint())
          .as("as many as the limit can feed")
          .isEqualTo(Constraint.RATE);
    }

    @Test
    void mayBeOne() {
      assertThat(mission().decideBy(ScalingPolicy.fixed(1)).workers()).isEqualTo(1);
    }

    @Test
    void neverRaisesTheLimit() {
      ScalingDecision decision =
          mission().emergencyLimit(perMinute(60)).decideBy(ScalingPolicy.fixed(6));

      assertThat(decision.mode()).isEqualTo(Mode.NORMAL);
      assertThat(decision.limit()).isEqualTo(perMinute(20));
    }

    @Test
    void theRangeHolds() {
      assertThat(mission().workers(1, 4).decideBy(ScalingPolicy.fixed(6)).workers()).isEqualTo(4);
      assertThat(mission().workers(8, 9).decideBy(ScalingPolicy.fixed(6)).workers()).isEqualTo(8);
    }

    @Test
    void refusesLessThanOne() {
      assertThatThrownBy(() -> ScalingPolicy.fixed(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("workers must be at least 1 but are 0");
    }
  }

  @Nested
  class Standard {

    private final ScalingPolicy policy = ScalingPolicy.standard();

    @Test
    void theMissionWithAnEmergencyLimit() {
      ScalingDecision decision = mission().emergencyLimit(perMinute(60)).decideBy(policy);

      assertThat(decision.mode()).isEqualTo(Mode.EMERGENCY);
      assertThat(decision.limit()).isEqualTo(perMinute(38));
      assertThat(decision.workers()).isEqualTo(7);
      assertThat(decision.reason()).isEqualTo(Reason.DEADLINE_IN_DANGER);
      assertThat(decision.explanation())
          .isEqualTo(
              "7 workers at 38/min: limit above normal, to meet the deadline with over 99.99 %");
    }

    @Test
    void tooFewWorkersAreNamed() {
      ScalingDecision decision =
          mission().normalLimit(perMinute(60)).secondsLeft(370).workers(1, 3).decideBy(policy);

      assertThat(decision.workers()).isEqualTo(3);
      assertThat(decision.constraint()).isEqualTo(Constraint.WORKERS);
      assertThat(decision.reason()).isEqualTo(Reason.WORKERS_ARE_BOTTLENECK);
      assertThat(decision.explanation())
          .isEqualTo("3 workers at 60/min: workers are the bottleneck");
    }

    @Test
    void fromTheRoundToTheMinimum() {
      ScalingDecision busy = mission().secondsLeft(1_000).decideBy(policy);
      assertThat(busy.workers()).isEqualTo(2);
      assertThat(busy.reason()).isEqualTo(Reason.ENOUGH_FOR_DEADLINE);

      Situation done = mission().waiting(Workload.none()).previous(busy);
      ScalingDecision waiting = done.decideBy(policy);
      assertThat(waiting.workers()).isEqualTo(2);
      assertThat(waiting.reason()).isEqualTo(Reason.WAITING_FOR_QUIET);

      ScalingDecision idle =
          done.previous(waiting)
              .now(Situation.START.plus(ScalingPolicy.DEFAULT_QUIET_TIME))
              .decideBy(policy);
      assertThat(idle.workers()).isEqualTo(1);
      assertThat(idle.reason()).isEqualTo(Reason.QUEUE_EMPTY);
      assertThat(idle.explanation()).isEqualTo("1 worker at 20/min: queue empty");
    }

    @Test
    void oneEventNeedsOneWorker() {
      assertThat(mission().events(TEN_SECONDS, 1).decideBy(policy).workers()).isEqualTo(1);
    }
  }
}
