package io.ratelimit.core.scaling;

import static io.ratelimit.core.scaling.Situation.START;
import static io.ratelimit.core.scaling.Situation.TEN_SECONDS;
import static io.ratelimit.core.scaling.Situation.mission;
import static io.ratelimit.core.scaling.Situation.perMinute;
import static io.ratelimit.core.scaling.Situation.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DeadlineEmergencyPolicyTest {

  private static final ScalingPolicy POLICY = new DeadlineEmergencyPolicy(new DemandPolicy());

  @Test
  void theMissionIsRaisedToTheLowestLimitThatMeetsItsDeadline() {
    ScalingDecision decision = mission().emergencyLimit(perMinute(60)).decideBy(POLICY);

    assertThat(decision.mode()).isEqualTo(Mode.EMERGENCY);
    assertThat(decision.limit()).isEqualTo(perMinute(38));
    assertThat(decision.workers()).isEqualTo(7);
    assertThat(decision.reason()).isEqualTo(Reason.DEADLINE_IN_DANGER);
    assertThat(decision.constraint()).isEqualTo(Constraint.RATE);
    assertThat(decision.requiredWorkers()).isEqualTo(6);
    assertThat(decision.projectedFinish()).isEqualTo(seconds(107 * 60.0 / 38 + 10));
  }

  static Stream<Arguments> limits() {
    RateLimit most = perMinute(60);
    Situation inEmergency =
        mission()
            .emergencyLimit(most)
            .limitInForce(perMinute(38))
            .latestStart(START)
            .startsInWindow(38)
            .events(TEN_SECONDS, 10);
    return Stream.of(
        row("exactly enough time at the normal limit", raisable().secondsLeft(331), 20),
        row("a little less", raisable().secondsLeft(330.999), 21),
        row("the last event must be processed too: 170 s for 107", raisable(), 38),
        row("exactly enough for 107 intervals of 2 s", raisable().secondsLeft(224), 30),
        row("a little less than that", raisable().secondsLeft(223.999), 31),
        row("exactly enough at the ceiling", raisable().secondsLeft(117), 60),
        row("too late even for the ceiling", raisable().secondsLeft(116.999), 60),
        row("no time for even one event", raisable().secondsLeft(9.999), 60),
        row("no time", raisable().secondsLeft(0), 60),
        row("the deadline is past", raisable().secondsLeft(-3600), 60),
        row(
            "just enough workers for the normal limit",
            raisable().workers(1, 4).secondsLeft(331),
            20),
        row(
            "too few workers: 98 intervals and 1 s, and a fifth of 60 s",
            fewWorkers().secondsLeft(111),
            60),
        row("it may not suffice", fewWorkers().secondsLeft(110.999), 120),
        row("one event needs no interval", raisable().events(TEN_SECONDS, 1).secondsLeft(10), 20),
        row(
            "one event, but the latest start was 1 s ago: 2 s more",
            raisable().events(TEN_SECONDS, 1).latestStart(START.minusSeconds(1)).secondsLeft(12),
            20),
        row(
            "one event, and it must start in 1 s: an interval of 2 s",
            raisable().events(TEN_SECONDS, 1).latestStart(START.minusSeconds(1)).secondsLeft(11),
            30),
        row(
            "expected retries count: 114 attempts and as many more as 99.9 % of rounds need",
            raisable().expectations(new Expectations(0.05, 3, 0, 1)), 47),
        row(
            "a slow last event is allowed for: 107 intervals in 160 s",
            raisable().expectations(new Expectations(0, 0, 0.1, 2)),
            41),
        row(
            "another period: the lowest number of permits in it",
            mission().emergencyLimit(RateLimit.of(3600).perHour().withMargin(seconds(1))),
            2267),
        row(
            "an emergency limit that is no faster raises nothing",
            raisable().emergencyLimit(perMinute(20)),
            20),
        row("nor does a slower one", raisable().emergencyLimit(perMinute(10)), 20),
        // The newest 20 starts may be 1 s apart: room after 41 s, and 10 events take 37 s more.
        row("safe to go back", inEmergency.secondsLeft(78), 20));
  }

  private static Situation raisable() {
    return mission().emergencyLimit(perMinute(60));
  }

  private static Situation fewWorkers() {
    return mission()
        .waiting(
            Workload.of(
                Map.of(
                    new EventType("LONG", Priority.HIGH, seconds(60)),
                    1L,
                    new EventType("SHORT", Priority.NORMAL, seconds(1)),
                    99L)))
        .normalLimit(perMinute(60))
        .emergencyLimit(perMinute(120))
        .workers(1, 5);
  }

  private static Arguments row(String why, Situation situation, int permits) {
    return Arguments.of(why, situation, permits);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void limits(String why, Situation situation, int permits) {
    ScalingDecision decision = situation.decideBy(POLICY);

    assertThat(decision.limit().permits()).as(why).isEqualTo(permits);
    boolean raised = decision.limit().isFasterThan(situation.input().normalLimit());
    assertThat(decision.mode()).isEqualTo(raised ? Mode.EMERGENCY : Mode.NORMAL);
  }

  @Test
  void aRaisedLimitIsHeldUntilGoingBackIsSafe() {
    Situation running =
        raisable()
            .limitInForce(perMinute(38))
            .latestStart(START)
            .startsInWindow(38)
            .events(TEN_SECONDS, 10)
            .secondsLeft(29);

    ScalingDecision held = running.decideBy(POLICY);
    assertThat(held.limit()).isEqualTo(perMinute(38));
    assertThat(held.mode()).isEqualTo(Mode.EMERGENCY);
    assertThat(held.reason()).isEqualTo(Reason.DEADLINE_IN_DANGER);

    ScalingDecision back = running.secondsLeft(78).decideBy(POLICY);
    assertThat(back.limit()).isEqualTo(perMinute(20));
    assertThat(back.mode()).isEqualTo(Mode.NORMAL);
  }

  /** 41/min would do, but raising by one each time would never end while a limit is not used up. */
  @Test
  void aRaisedLimitIsRaisedFurtherInSteps() {
    assertThat(raisable().limitInForce(perMinute(38)).secondsLeft(170).decideBy(POLICY).limit())
        .isEqualTo(perMinute(42));
    assertThat(raisable().limitInForce(perMinute(58)).secondsLeft(117).decideBy(POLICY).limit())
        .isEqualTo(perMinute(60));
  }

  @Test
  void aLimitThatSomebodyRaisedAboveTheCeilingIsBroughtDownToIt() {
    assertThat(raisable().limitInForce(perMinute(90)).secondsLeft(120).decideBy(POLICY).limit())
        .isEqualTo(perMinute(60));
  }

  @Test
  void aRaisedLimitIsLoweredInFewSteps() {
    assertThat(raisable().limitInForce(perMinute(44)).decideBy(POLICY).limit())
        .as("38 would do")
        .isEqualTo(perMinute(44));
    assertThat(raisable().limitInForce(perMinute(45)).decideBy(POLICY).limit())
        .as("at least 15 % lower")
        .isEqualTo(perMinute(38));
  }

  @Test
  void aRaisedLimitIsKeptForARetryOfWhatIsInFlight() {
    Situation last =
        raisable()
            .waiting(Workload.none().withMeanWhenEmpty(seconds(5)))
            .inFlight(1)
            .limitInForce(perMinute(45))
            .latestStart(START)
            .startsInWindow(45)
            .secondsLeft(25)
            .expectations(new Expectations(0.05, 3, 0, 1));

    // A retry at the normal limit would wait 41 s until the window has room.
    assertThat(last.decideBy(POLICY).limit()).isEqualTo(perMinute(45));
    assertThat(last.secondsLeft(100).decideBy(POLICY).limit()).isEqualTo(perMinute(20));
  }

  @Test
  void noEmergencyWithFewerPermitsThanTheHeaviestEventNeeds() {
    Workload heavy =
        Workload.ofParts(List.of(new Workload.Part(TEN_SECONDS, 108, 324, 3, Optional.empty())));

    Situation situation = raisable().waiting(heavy).workers(1, 50);
    assertThat(situation.emergencyLimit(RateLimit.parse("2/s")).decideBy(POLICY).mode())
        .isEqualTo(Mode.NORMAL);
    assertThat(situation.emergencyLimit(RateLimit.parse("200/3s")).decideBy(POLICY).limit())
        .as("107 × 3 permits in 170 s")
        .isEqualTo(RateLimit.parse("6/3s"));
  }

  @Test
  void noLimitIsRaisedFurtherWhileWorkersLeavePermitsUnused() {
    Situation busy =
        raisable().workers(1, 4).activeWorkers(4).inFlight(4).startsInWindow(5).secondsLeft(150);

    ScalingDecision decision = busy.decideBy(POLICY);
    assertThat(decision.mode()).isEqualTo(Mode.NORMAL);
    assertThat(decision.reason()).isEqualTo(Reason.DEADLINE_OUT_OF_REACH);
    assertThat(busy.startsInWindow(20).workers(1, 12).decideBy(POLICY).mode())
        .isEqualTo(Mode.EMERGENCY);
  }

  @Test
  void workersThatLeavePermitsUnusedAreTooFew() {
    Situation busy =
        mission()
            .events(new EventType("SHORT", Priority.NORMAL, seconds(2)), 60)
            .secondsLeft(180)
            .activeWorkers(2)
            .inFlight(2);

    assertThat(busy.decideBy(POLICY).workers()).isEqualTo(4);
    assertThat(busy.nextStart(START.plusSeconds(1)).decideBy(POLICY).workers()).isEqualTo(2);
  }

  @Test
  void theConfidenceIsSaid() {
    Situation situation = raisable().expectations(new Expectations(0.05, 3, 0.1, 2));

    assertThat(situation.decideBy(POLICY).confidence()).isBetween(0.999, 1.0);
    ScalingDecision unsure = situation.secondsLeft(148).workers(1, 30).decideBy(POLICY);
    assertThat(unsure.reason()).isEqualTo(Reason.DEADLINE_UNSURE);
    assertThat(unsure.confidence()).isBetween(0.5, 0.996);
    assertThat(situation.confidence(0.9).secondsLeft(180).decideBy(POLICY).limit().permits())
        .as("less sure, fewer starts")
        .isLessThan(
            situation.confidence(0.999).secondsLeft(180).decideBy(POLICY).limit().permits());
  }

  @Test
  void whenNothingWaitsTheRaisedLimitIsGivenUp() {
    ScalingDecision decision =
        raisable()
            .limitInForce(perMinute(38))
            .waiting(Workload.none())
            .inFlight(3)
            .decideBy(POLICY);

    assertThat(decision.mode()).isEqualTo(Mode.NORMAL);
    assertThat(decision.limit()).isEqualTo(perMinute(20));
  }

  @Test
  void aDeadlineOutOfReachIsSaidUpFront() {
    ScalingDecision decision = raisable().events(TEN_SECONDS, 1_000).decideBy(POLICY);

    assertThat(decision.reason()).isEqualTo(Reason.DEADLINE_OUT_OF_REACH);
    assertThat(decision.limit()).isEqualTo(perMinute(60));
    assertThat(decision.mode()).isEqualTo(Mode.EMERGENCY);
    assertThat(decision.projectedFinish()).isEqualTo(seconds(1009));
    assertThat(decision.explanation())
        .isEqualTo("10 workers at 60/min: deadline out of reach: projected 1009.0 s, left 180.0 s");
  }

  @Test
  void aDeadlineThatIsJustMetIsNotOutOfReach() {
    assertThat(raisable().secondsLeft(117).decideBy(POLICY).reason())
        .isEqualTo(Reason.DEADLINE_IN_DANGER);
    assertThat(raisable().secondsLeft(116.999).decideBy(POLICY).reason())
        .isEqualTo(Reason.DEADLINE_OUT_OF_REACH);
  }

  @Test
  void withoutAnEmergencyLimitADeadlineOutOfReachIsSaidToo() {
    ScalingDecision decision = mission().decideBy(POLICY);

    assertThat(decision.reason()).isEqualTo(Reason.DEADLINE_OUT_OF_REACH);
    assertThat(decision.mode()).isEqualTo(Mode.NORMAL);
    assertThat(decision.workers()).isEqualTo(4);
    assertThat(decision.constraint()).isEqualTo(Constraint.RATE);
  }

  @Test
  void tooFewWorkersPutADeadlineOutOfReachToo() {
    // 1080 s of work by 5 take 216 s, whatever the limit.
    assertThat(mission().normalLimit(perMinute(60)).workers(1, 5).decideBy(POLICY).reason())
        .isEqualTo(Reason.DEADLINE_OUT_OF_REACH);
  }

  /** 20 × 2 s and 20 × 8 s: 5 s on average, of which 20/min feeds 2; but of 8 s it feeds 3. */
  private static Situation shortAndLong() {
    return mission()
        .waiting(
            Workload.of(
                Map.of(
                    new EventType("SHORT", Priority.NORMAL, seconds(2)),
                    20L,
                    new EventType("LONG", Priority.NORMAL, seconds(8)),
                    20L)));
  }

  @Test
  void aTightDeadlineGetsAllWorkersThatTheLimitCanFeedWithTheLongestEvents() {
    // 39 intervals and 8 s are 125 s; 2 workers take 4 s for a long one, 20 s more.
    assertThat(shortAndLong().secondsLeft(143.999).decideBy(POLICY).workers()).isEqualTo(3);
    assertThat(shortAndLong().secondsLeft(170).decideBy(POLICY).workers()).isEqualTo(2);
    assertThat(shortAndLong().secondsLeft(400).decideBy(POLICY).workers()).isEqualTo(1);
  }

  @Test
  void slowAttemptsNeedMoreWorkersOnATightDeadline() {
    // 3 for the longest, and 2.7 slow ones on average; 99.9% of the time, at most 8.
    Situation slow = shortAndLong().expectations(new Expectations(0, 0, 0.5, 3));

    assertThat(slow.secondsLeft(150).decideBy(POLICY).workers()).isEqualTo(11);
  }

  @Test
  void onATightDeadlineThoseInFlightKeepTheirWorkers() {
    Situation tight = shortAndLong().secondsLeft(140).inFlight(2);

    assertThat(tight.activeWorkers(4).decideBy(POLICY).workers()).as("no more").isEqualTo(4);
    assertThat(tight.activeWorkers(5).decideBy(POLICY).workers()).as("2 and 3").isEqualTo(5);
    assertThat(tight.activeWorkers(9).decideBy(POLICY).workers()).as("2 and 3").isEqualTo(5);
  }

  @Test
  void neverMoreWorkersThanEvents() {
    assertThat(raisable().events(TEN_SECONDS, 2).secondsLeft(10.5).decideBy(POLICY).workers())
        .isEqualTo(2);
  }
}
