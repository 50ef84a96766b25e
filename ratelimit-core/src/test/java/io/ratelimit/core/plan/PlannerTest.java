package io.ratelimit.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.Decision;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitState;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlannerTest {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute();
  private static final RateLimit CEILING = RateLimit.of(60).perMinute();
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final EventType AUDIT = EventType.of("AUDIT");

  private static final RateLimit CEILING_OF_MANY = RateLimit.of(1_000).perMinute().withBurst(1);

  private static PlanRequest request(long events, RateLimit limit, WorkerRange workers) {
    return new PlanRequest(
        Backlog.of(AUDIT, events),
        limit,
        RoundTerms.DEFAULT
            .withDeadline(DEADLINE)
            .withWorkers(workers)
            .withEmergencyLimit(limit.isFasterThan(CEILING) ? limit : CEILING));
  }

  private static boolean isMet(PlanRequest request, RateLimit limit, int workers) {
    return Schedule.meets(
        Attempts.of(request.backlog(), request.terms().expectations()),
        limit,
        workers,
        request.terms().deadline());
  }

  @Test
  void theMissionsRound() {
    Plan plan = Planner.plan(request(108, LIMIT, WorkerRange.DEFAULT));

    assertThat(plan.requiredWorkers()).isEqualTo(6);
    assertThat(plan.rateLimitedWorkers()).isEqualTo(4);
    assertThat(plan.optimalWorkers()).isEqualTo(4);
    assertThat(plan.feasibleAtLimit()).isFalse();
    assertThat(plan.lastStart()).isEqualTo(Duration.ofSeconds(321));
    assertThat(plan.finish()).isEqualTo(Duration.ofSeconds(331));
    assertThat(plan.neededLimit()).contains(RateLimit.of(38).perMinute());
    assertThat(plan.neededWorkers()).isEqualTo(7);
    assertThat(plan.feasibleWithEmergency()).isTrue();
    assertThat(plan.emergencyFinish()).isEqualTo(Duration.ofSeconds(117));
    assertThat(plan.latestEmergencyStart()).contains(Duration.ofMillis(94_500));
    assertThat(plan.shortfall()).isZero();
    assertThat(plan.bottleneck()).isEqualTo(Constraint.RATE);
  }

  @Test
  void aRoundThatFitsNeedsNoEmergency() {
    Plan plan = Planner.plan(request(50, LIMIT, WorkerRange.DEFAULT));

    assertThat(plan.feasibleAtLimit()).isTrue();
    assertThat(plan.latestEmergencyStart()).isEmpty();
    assertThat(plan.bottleneck()).isEqualTo(Constraint.WORK);
  }

  @Test
  void theHigherTheEmergencyLimitTheLongerItCanWait() {
    PlanRequest request =
        new PlanRequest(
            Backlog.of(AUDIT, 108),
            LIMIT,
            RoundTerms.DEFAULT
                .withDeadline(DEADLINE)
                .withWorkers(new WorkerRange(1, 20))
                .withEmergencyLimit(RateLimit.of(120).perMinute()));

    // 107 intervals in 170 s: 139.8 s × 1/3 and 30.2 s × 2 a second.
    assertThat(Planner.plan(request).latestEmergencyStart()).contains(Duration.ofMillis(139_800));
  }

  @Test
  void aShortfallIsSaidUpFront() {
    Plan plan = Planner.plan(request(200, LIMIT, WorkerRange.DEFAULT));

    // At 60/min, the last start in time is the 171st, at 170 s.
    assertThat(plan.feasibleWithEmergency()).isFalse();
    assertThat(plan.shortfall()).isEqualTo(29);
    assertThat(plan.latestEmergencyStart()).isEmpty();
    assertThat(plan.neededLimit()).contains(RateLimit.of(71).perMinute());
  }

  @Test
  void tooFewWorkersAreTheBottleneck() {
    Plan plan = Planner.plan(request(54, LIMIT, new WorkerRange(1, 2)));

    // 53 intervals of 3 s and 10 s fit in 180 s, but two workers take 54 × 10 s / 2.
    assertThat(plan.feasibleAtLimit()).isFalse();
    assertThat(plan.bottleneck()).isEqualTo(Constraint.WORKERS);
    assertThat(plan.feasibleWithEmergency()).isFalse();
  }

  @Test
  void expectedFailuresAndSlownessRaiseTheNeed() {
    PlanRequest calm = request(108, LIMIT, WorkerRange.DEFAULT);
    PlanRequest rough =
        new PlanRequest(
            calm.backlog(),
            LIMIT,
            RoundTerms.DEFAULT
                .withDeadline(DEADLINE)
                .withEmergencyLimit(CEILING)
                .withExpectations(new Expectations(0.05, 3, 0.1, 2)));

    Plan plan = Planner.plan(rough);

    // 108 × 1.0526 attempts make 114; 113 intervals would fit in 169 s at 41/min, on average.
    assertThat(plan.neededLimit()).contains(RateLimit.of(50).perMinute());
    assertThat(plan.confidenceAtNeeded()).isBetween(0.999, 1.0);
    assertThat(plan.confidenceAtLimit()).isLessThan(1e-6);
    assertThat(plan.confidenceWithEmergency()).isLessThan(1);
    assertThat(plan.neededWorkers()).isGreaterThan(Planner.plan(calm).neededWorkers());

    Plan bold =
        Planner.plan(
            new PlanRequest(
                rough.backlog(), LIMIT, rough.terms().withConfidence(new Confidence(0.5))));
    assertThat(bold.neededLimit().orElseThrow().permits()).isBetween(41, 46);
  }

  @Test
  void whatCannotBePlannedIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PlanRequest(
                    Backlog.of(AUDIT, 1),
                    LIMIT,
                    RoundTerms.DEFAULT.withDeadline(Duration.ofSeconds(5))))
        .withMessage(
            "deadline must be at least as long as one event takes, PT10S for AUDIT, but is PT5S");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PlanRequest(
                    Backlog.of(AUDIT, 1),
                    CEILING,
                    RoundTerms.DEFAULT.withDeadline(DEADLINE).withEmergencyLimit(LIMIT)))
        .withMessageContaining("emergency limit must be at least as fast as the limit, 60/min");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Backlog.of(AUDIT, 1_000_000_000_000L))
        .withMessageContaining("1 to 1000000 events");
    assertThatIllegalArgumentException().isThrownBy(() -> Backlog.ofRuns(List.of()));
  }

  @Property(tries = 300)
  void whatIsNeededIsTheLeastThatSuffices(
      @ForAll @IntRange(min = 1, max = 300) int events,
      @ForAll @IntRange(min = 1, max = 120) int permits) {
    PlanRequest request =
        new PlanRequest(
            Backlog.of(AUDIT, events),
            RateLimit.of(permits).perMinute(),
            RoundTerms.DEFAULT.withDeadline(DEADLINE));

    Plan plan = Planner.plan(request);

    RateLimit needed = plan.neededLimit().orElseThrow();
    assertThat(isMet(request, needed, events)).isTrue();
    assertThat(isMet(request, needed, plan.neededWorkers())).isTrue();
    if (needed.permits() > 1) {
      RateLimit less = needed.withPermits(needed.permits() - 1);
      assertThat(isMet(request, less, events)).isFalse();
    }
    if (plan.neededWorkers() > 1) {
      assertThat(isMet(request, needed, plan.neededWorkers() - 1)).isFalse();
    }
  }

  @Property(tries = 300)
  void theLatestEmergencyStartIsInTimeAndAtMostOneIntervalEarly(
      @ForAll @IntRange(min = 55, max = 171) int events) {
    PlanRequest request = request(events, LIMIT, new WorkerRange(1, 20));

    Duration latest = Planner.plan(request).latestEmergencyStart().orElse(Duration.ZERO);

    Duration inTime = DEADLINE.minus(AUDIT.processingTime());
    Duration tooLate = latest.plusSeconds(3).plusMillis(100);
    if (events > 57) {
      assertThat(lastStartIfRaised(latest, events)).isLessThanOrEqualTo(inTime);
      assertThat(lastStartIfRaised(tooLate, events)).isGreaterThan(inTime);
    }
  }

  /** Returns when the last of some events starts with enough workers. */
  private static Duration lastStartIfRaised(Duration raisedAt, int events) {
    Instant raise = Instant.EPOCH.plus(raisedAt);
    LimitState state = LimitState.unused(LimitSettings.of(LIMIT));
    Instant now = Instant.EPOCH;
    for (int left = events; left > 0; ) {
      if (!now.isBefore(raise)) {
        state = state.withSettings(state.settings().withNormal(CEILING));
      }
      if (state.decide(now, 1) instanceof Decision.NotBefore notBefore) {
        boolean raisedFirst = now.isBefore(raise) && notBefore.at().isAfter(raise);
        now = raisedFirst ? raise : notBefore.at();
      } else {
        state = ((Decision.Granted) state.decide(now, 1)).next();
        left--;
      }
    }
    return Duration.between(Instant.EPOCH, now);
  }

  @Test
  void whereNotEvenTheCeilingIsSureEnoughThePlanSaysHowSureItIs() {
    PlanRequest request =
        new PlanRequest(
            Backlog.of(AUDIT, 140),
            LIMIT,
            RoundTerms.DEFAULT
                .withDeadline(DEADLINE)
                .withWorkers(new WorkerRange(1, 30))
                .withEmergencyLimit(CEILING)
                .withExpectations(new Expectations(0.05, 3, 0.1, 2)));

    Plan plan = Planner.plan(request);

    assertThat(plan.feasibleWithEmergency()).isFalse();
    assertThat(plan.confidenceWithEmergency()).isBetween(0.3, 0.999);
  }

  @Test
  void weightsArePermits() {
    PlanRequest heavy =
        new PlanRequest(
            Backlog.ofRuns(List.of(new Backlog.Run(AUDIT, 108, 3))),
            LIMIT,
            RoundTerms.DEFAULT
                .withDeadline(DEADLINE)
                .withWorkers(new WorkerRange(1, 50))
                .withEmergencyLimit(RateLimit.parse("200/3s")));

    Plan plan = Planner.plan(heavy);

    // 6 per minute, 9 s apart: a window of 20 has no room for a 7th of weight 3.
    assertThat(plan.lastStart()).isEqualTo(Duration.ofSeconds(17 * 60 + 5 * 9));
    assertThat(plan.neededLimit()).contains(RateLimit.of(114).perMinute());
    assertThat(plan.feasibleWithEmergency()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PlanRequest(
                    heavy.backlog(),
                    LIMIT,
                    RoundTerms.DEFAULT
                        .withDeadline(DEADLINE)
                        .withEmergencyLimit(RateLimit.parse("2/s"))))
        .withMessage(
            "emergency limit must have room for an event of weight 3 but 2/s has room"
                + " for 2; use a longer period");
  }

  @Test
  void aLargeBacklogIsPlannedAsASmallOneIs() {
    PlanRequest small = request(Planner.EXACT, CEILING_OF_MANY, wide());
    PlanRequest large = request(Planner.EXACT + 1L, CEILING_OF_MANY, wide());

    Plan exact = Planner.plan(small);
    Plan estimated = Planner.plan(large);

    assertThat(estimated.finish()).isEqualTo(exact.finish().plusMillis(60));
    assertThat(estimated.lastStart()).isEqualTo(exact.lastStart().plusMillis(60));
    assertThat(estimated.feasibleAtLimit()).isTrue();
    assertThat(estimated.neededLimit().orElseThrow().permits())
        .isCloseTo(exact.neededLimit().orElseThrow().permits(), within(1));
    assertThat(estimated.neededWorkers()).isCloseTo(exact.neededWorkers(), within(2));
    assertThat(Planner.plan(request(1_000_000, LIMIT, wide())).shortfall())
        .isCloseTo(1_000_000 - 57, within(200L));
  }

  private static WorkerRange wide() {
    return new WorkerRange(1, 1_000);
  }
}
