package io.ratelimit.core.scaling;

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
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DemandPolicyTest {

  private static final ScalingPolicy POLICY = new DemandPolicy();

  /** 12 × 8 s, 24 × 6 s, 24 × 4 s, 24 × 3 s and 24 × 2 s: 456 s of work, 4.22 s on average. */
  private static final Map<EventType, Long> MIX =
      Map.of(
          EventType.REBALANCE_NEEDED, 12L,
          EventType.OPEN_POSITION_DETECTED, 24L,
          EventType.OPEN_ORDER_DETECTED, 24L,
          EventType.NEW_BALANCE_UPDATE, 24L,
          EventType.BALANCE_CHECK_REQUIRED, 24L);

  private static final Expectations FAILING = new Expectations(0.05, 3, 0, 1);
  private static final Expectations SLOW = new Expectations(0, 0, 0.1, 2);

  @Test
  void theMissionNeedsSixWorkersAndItsLimitFeedsFour() {
    ScalingDecision decision = mission().decideBy(POLICY);

    assertThat(decision.requiredWorkers()).isEqualTo(6);
    assertThat(decision.rateLimitedWorkers()).isEqualTo(4);
    assertThat(decision.workers()).isEqualTo(4);
    assertThat(decision.constraint()).isEqualTo(Constraint.RATE);
    assertThat(decision.reason()).isEqualTo(Reason.LIMIT_IS_BOTTLENECK);
    assertThat(decision.mode()).isEqualTo(Mode.NORMAL);
    assertThat(decision.limit()).isEqualTo(perMinute(20));
    assertThat(decision.projectedFinish()).isEqualTo(seconds(331));
    assertThat(decision.timeLeft()).isEqualTo(Duration.ofMinutes(3));
    assertThat(decision.at()).isEqualTo(Situation.START);
  }

  static Stream<Arguments> ledger() {
    return Stream.of(
        row("exactly one worker's work needs one", mission().events(TEN_SECONDS, 18), 1, 4),
        row("one event more needs another", mission().events(TEN_SECONDS, 19), 2, 4),
        row("half the time needs twice the workers", mission().secondsLeft(90), 12, 4),
        row("a mix counts with its mean", mission().waiting(Workload.of(MIX)), 3, 2),
        row("at 60/min the limit feeds ten of 10 s", mission().normalLimit(perMinute(60)), 6, 10),
        row("short events need one", mission().events(type(0.1), 108), 1, 1),
        row(
            "a fast limit feeds many",
            mission().normalLimit(RateLimit.of(100).perSecond()),
            6,
            1000),
        row(
            "a margin slows the limit",
            mission().normalLimit(perMinute(20).withMargin(seconds(30))),
            6,
            3),
        row(
            "a burst feeds no more in the long run",
            mission().normalLimit(perMinute(20).withBurst(20)),
            6,
            4),
        row("work in progress is work", mission().inFlight(18), 7, 4),
        row("only work in progress", mission().waiting(Workload.none()).inFlight(4), 1, 4),
        row("nothing needs nobody", mission().waiting(Workload.none()), 0, 4),
        row(
            "arrivals must be kept up with",
            mission().events(TEN_SECONDS, 1).arrivalsPerMinute(48),
            8,
            4),
        row("the larger of backlog and arrivals counts", mission().arrivalsPerMinute(30), 6, 4),
        row(
            "5 % failing: 113.68 attempts count as 114, and as many more as 99.9 % of rounds need",
            mission().secondsLeft(190).expectations(FAILING), 7, 4),
        row(
            "half of the rounds need no more",
            mission().secondsLeft(190).expectations(FAILING).confidence(0.5),
            6,
            4),
        row("108 events in 190 s without failures need as many", mission().secondsLeft(190), 6, 4),
        row(
            "114 attempts in 189 s need one more",
            mission().secondsLeft(189).expectations(FAILING).confidence(0.5),
            7,
            4),
        row(
            "10 % at twice the time are 11 s each",
            mission().expectations(SLOW).confidence(0.5), 7, 4),
        row("and more in an unlucky round", mission().expectations(SLOW), 8, 4),
        row("no time left", mission().secondsLeft(0), Integer.MAX_VALUE, 4),
        row("less than no time left", mission().secondsLeft(-60), Integer.MAX_VALUE, 4),
        row("no time left for nothing", mission().waiting(Workload.none()).secondsLeft(0), 0, 4));
  }

  private static Arguments row(String why, Situation situation, int required, int rateLimited) {
    return Arguments.of(why, situation, required, rateLimited);
  }

  private static EventType type(double seconds) {
    return new EventType("T" + seconds, Priority.NORMAL, seconds(seconds));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void ledger(String why, Situation situation, int required, int rateLimited) {
    ScalingDecision decision = situation.decideBy(POLICY);

    assertThat(decision.requiredWorkers()).as(why).isEqualTo(required);
    assertThat(decision.rateLimitedWorkers()).as(why).isEqualTo(rateLimited);
    assertThat(decision.workers()).as(why).isEqualTo(Math.min(required, rateLimited));
    boolean limited = required > rateLimited;
    assertThat(decision.constraint()).isEqualTo(limited ? Constraint.RATE : Constraint.WORK);
    assertThat(decision.reason())
        .isEqualTo(limited ? Reason.LIMIT_IS_BOTTLENECK : Reason.ENOUGH_FOR_DEADLINE);
  }

  @Test
  void projectsTheFinishOfWhatHoldsTheWorkBack() {
    // The limit: 107 intervals of 3 s and the last event.
    assertThat(mission().decideBy(POLICY).projectedFinish()).isEqualTo(seconds(331));
    // The workers: 108 × 10 s by 2, and at most one event longer.
    assertThat(mission().workers(1, 2).decideBy(POLICY).projectedFinish())
        .isBetween(seconds(540), seconds(550));
    // The latest start was 1 s ago: the next is in 2 s.
    assertThat(
            mission()
                .latestStart(Situation.START.minusSeconds(1))
                .decideBy(POLICY)
                .projectedFinish())
        .isEqualTo(seconds(333));
    // A slow last event takes twice as long.
    assertThat(mission().expectations(SLOW).decideBy(POLICY).projectedFinish())
        .isEqualTo(seconds(341));
  }

  @Test
  void arrivalsNeedTheirRetriesToo() {
    // 60 per minute, 1.5 attempts of 10 s each.
    assertThat(
            mission()
                .waiting(Workload.none())
                .arrivalsPerMinute(60)
                .expectations(new Expectations(0.5, 1, 0, 1))
                .decideBy(POLICY)
                .requiredWorkers())
        .isEqualTo(15);
  }
}
