package io.ratelimit.core.scaling;

import static io.ratelimit.core.scaling.Situation.START;
import static io.ratelimit.core.scaling.Situation.mission;
import static io.ratelimit.core.scaling.Situation.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuietScaleDownPolicyTest {

  private static final Duration QUIET = Duration.ofSeconds(10);

  private Optional<ScalingDecision> previous = Optional.empty();

  private record Moment(double at, int wanted, int workers, boolean waiting, String why) {}

  @Test
  void moreAtOnceFewerAfterAQuietTimeWithoutABreak() {
    Moment[] ledger = {
      new Moment(0, 6, 6, false, "the first decision is taken as it is"),
      new Moment(1, 8, 8, false, "more at once"),
      new Moment(2, 3, 8, true, "fewer: the quiet time begins"),
      new Moment(7, 5, 8, true, "still fewer, though not as few"),
      new Moment(8, 8, 8, false, "as many: a break"),
      new Moment(9, 3, 8, true, "the quiet time begins anew"),
      new Moment(18.999, 3, 8, true, "not over yet"),
      new Moment(19, 3, 3, false, "over"),
      new Moment(20, 2, 3, true, "each step has its own quiet time"),
      new Moment(25, 9, 9, false, "more at once, in the middle of it"),
      new Moment(26, 1, 9, true, "and from there on"),
      new Moment(100, 1, 1, false, "the first look after the quiet time")
    };
    for (Moment moment : ledger) {
      ScalingDecision decision = decide(moment.at(), moment.wanted());

      assertThat(decision.workers()).as(moment.why()).isEqualTo(moment.workers());
      assertThat(decision.reason() == Reason.WAITING_FOR_QUIET)
          .as(moment.why())
          .isEqualTo(moment.waiting());
      assertThat(decision.fewerSince().isPresent()).as(moment.why()).isEqualTo(moment.waiting());
    }
  }

  private ScalingDecision decide(double at, int wanted) {
    return decide(new QuietScaleDownPolicy(wanting(wanted), QUIET), at, 1, 10);
  }

  private ScalingDecision decide(ScalingPolicy policy, double at, int min, int max) {
    Instant now = START.plus(seconds(at));
    Situation situation = mission().now(now).workers(min, max);
    previous.ifPresent(situation::previous);
    ScalingDecision decision = situation.decideBy(policy);
    previous = Optional.of(decision);
    return decision;
  }

  private static ScalingPolicy wanting(int workers) {
    return input ->
        new DemandPolicy()
            .decide(input)
            .withWorkers(workers, Constraint.WORK, Reason.ENOUGH_FOR_DEADLINE);
  }

  @Test
  void fewerDoNotSufficeWhileWhatIsInProgressWouldHoldUpWhatWaits() {
    ScalingPolicy policy = new QuietScaleDownPolicy(wanting(2), QUIET);
    ScalingDecision before = mission().decideBy(wanting(8));
    Situation busy =
        mission().now(START.plus(seconds(60))).previous(before.withFewerSince(Optional.of(START)));

    ScalingDecision held = busy.inFlight(3).decideBy(policy);
    assertThat(held.workers()).isEqualTo(8);
    assertThat(held.fewerSince())
        .as("the quiet time begins anew")
        .contains(START.plus(seconds(60)));

    assertThat(busy.inFlight(2).decideBy(policy).workers())
        .as("no more than would be left")
        .isEqualTo(2);
    assertThat(busy.inFlight(3).waiting(Workload.none()).decideBy(policy).workers())
        .as("nothing is held up")
        .isEqualTo(2);
  }

  @Test
  void waitingForAQuietTimeExplainsNoChangeOfTheLimit() {
    ScalingPolicy policy = ScalingPolicy.standard();
    ScalingDecision before = mission().decideBy(wanting(10));

    ScalingDecision raised =
        mission().emergencyLimit(Situation.perMinute(60)).previous(before).decideBy(policy);

    assertThat(raised.workers()).isEqualTo(10);
    assertThat(raised.mode()).isEqualTo(Mode.EMERGENCY);
    assertThat(raised.reason()).isEqualTo(Reason.DEADLINE_IN_DANGER);
    assertThat(raised.fewerSince()).isPresent();
  }

  @Test
  void noQuietTimeTakesWorkersAwayAtOnce() {
    assertThat(decide(new QuietScaleDownPolicy(wanting(6), Duration.ZERO), 0, 1, 10).workers())
        .isEqualTo(6);
    assertThat(decide(new QuietScaleDownPolicy(wanting(2), Duration.ZERO), 0, 1, 10).workers())
        .isEqualTo(2);
  }

  @Test
  void whereTheMinimumIsReachedThereIsNothingToWaitFor() {
    ScalingPolicy policy = new ClampPolicy(new QuietScaleDownPolicy(wanting(1), QUIET));
    for (int second = 0; second < 60; second++) {
      ScalingDecision decision = decide(policy, second, 4, 10);

      assertThat(decision.workers()).isEqualTo(4);
      assertThat(decision.reason()).as("second %d", second).isEqualTo(Reason.ENOUGH_FOR_DEADLINE);
    }
  }

  @Test
  void refusesANegativeQuietTime() {
    assertThatThrownBy(() -> new QuietScaleDownPolicy(wanting(1), Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("quiet time must not be negative but is PT-1S");
  }
}
