package io.ratelimit.core.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Decisions of the standard policy while named limits hold the work back. */
class NamedLimitsPolicyTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final RateLimit FAST = RateLimit.of(1_000).perSecond();
  private static final NamedLimit ADDRESS =
      NamedLimit.of("address", RateLimit.of(20).perMinute().withBurst(1));
  private static final NamedLimit ACCOUNT =
      NamedLimit.of("account", RateLimit.of(60).perMinute().withBurst(1));
  private static final LimitKey ALL = new LimitKey("address", "");
  private static final LimitKey FIRST = new LimitKey("account", "a1");

  private static ScalingInput input(long events, RateLimit limit, LimitLoad... loads) {
    return ScalingInput.of(
            NOW,
            Workload.of(EventType.of("TYPE").withProcessingTime(Duration.ofSeconds(10)), events),
            Duration.ofMinutes(3),
            limit,
            new WorkerRange(1, 100))
        .withLoads(List.of(loads));
  }

  private static LimitLoad address(long cost, RateLimit... ceiling) {
    return new LimitLoad(
        NamedLimitSettings.of(ADDRESS.withCeiling(ceiling)),
        1,
        List.of(LimitLoad.Key.unused(ALL, cost)),
        0,
        true,
        0);
  }

  private static LimitLoad account(long cost, RateLimit... ceiling) {
    return new LimitLoad(
        NamedLimitSettings.of(ACCOUNT.withCeiling(ceiling)),
        1,
        List.of(LimitLoad.Key.unused(FIRST, cost)),
        0,
        true,
        0);
  }

  private static ScalingDecision decide(ScalingInput input) {
    return ScalingPolicy.standard().decide(input);
  }

  @Test
  void theDecisionNamesTheLimitThatBinds() {
    ScalingDecision decision = decide(input(108, FAST, address(108), account(20)));

    assertThat(decision.constraint()).isEqualTo(Constraint.RATE);
    assertThat(decision.binding()).contains(ALL);
    assertThat(decision.reason()).isEqualTo(Reason.DEADLINE_OUT_OF_REACH);
    assertThat(decision.explanation()).contains("because of address");
  }

  @Test
  void theQueuesOwnLimitBindsWhereItIsTheSlowest() {
    ScalingDecision decision = decide(input(108, RateLimit.of(20).perMinute(), account(20)));

    assertThat(decision.constraint()).isEqualTo(Constraint.RATE);
    assertThat(decision.binding()).isEmpty();
  }

  @Test
  void noMoreWorkersAreWantedThanANamedLimitFeeds() {
    ScalingDecision decision = decide(input(108, FAST, address(108)));

    // 20/min × 10 s are 3.3 concurrent attempts.
    assertThat(decision.workers()).isEqualTo(4);
    assertThat(decide(input(108, FAST)).workers()).isGreaterThanOrEqualTo(6);
  }

  @Test
  void theQueuesLimitIsNotRaisedInVain() {
    ScalingInput input =
        input(108, RateLimit.of(120).perMinute(), address(108))
            .withEmergencyLimit(RateLimit.of(600).perMinute());

    ScalingDecision decision = decide(input);

    assertThat(decision.limit()).isEqualTo(RateLimit.of(120).perMinute());
    assertThat(decision.reason()).isEqualTo(Reason.DEADLINE_OUT_OF_REACH);
  }

  @Test
  void theLimitThatBindsIsRaisedToTheLowestThatMeetsTheDeadline() {
    RateLimit ceiling = RateLimit.of(60).perMinute().withBurst(1);
    ScalingInput input =
        input(108, FAST, address(108, ceiling), account(20, ceiling.withPermits(100)));

    ScalingDecision decision = decide(input);

    assertThat(decision.mode()).isEqualTo(Mode.EMERGENCY);
    assertThat(decision.limit()).isEqualTo(FAST);
    assertThat(decision.raised()).containsOnlyKeys("address");
    RateLimit raised = decision.raised().get("address").get(0);
    assertThat(raised.permits()).isBetween(38, 60);
    assertThat(decision.reason()).isEqualTo(Reason.DEADLINE_IN_DANGER);
    ScalingInput lower =
        input(108, FAST, address(108, raised.withPermits(raised.permits() - 1)), account(20));
    assertThat(decide(lower).reason()).isEqualTo(Reason.DEADLINE_OUT_OF_REACH);
  }

  @Test
  void aCeilingIsNeverExceeded() {
    RateLimit ceiling = RateLimit.of(25).perMinute().withBurst(1);

    ScalingDecision decision = decide(input(108, FAST, address(108, ceiling)));

    assertThat(decision.raised()).isEqualTo(Map.of("address", List.of(ceiling)));
    assertThat(decision.reason()).isEqualTo(Reason.DEADLINE_OUT_OF_REACH);
  }

  @Test
  void raisedWindowsAreKeptWhileTheyDo() {
    RateLimit ceiling = RateLimit.of(60).perMinute().withBurst(1);
    ScalingDecision first = decide(input(108, FAST, address(108, ceiling)));

    ScalingInput later = input(104, FAST, address(104, ceiling)).withPrevious(first);
    ScalingInput done = input(20, FAST, address(20, ceiling)).withPrevious(first);

    assertThat(decide(later).raised()).isEqualTo(first.raised());
    assertThat(decide(done).raised()).isEmpty();
  }

  @Test
  void anOutlookThatRestsOnKeysNobodyLookedAtIsNotGreen() {
    NamedLimit daily =
        NamedLimit.of("account", RateLimit.of(1_000).per(Duration.ofDays(1)).withBurst(1_000));
    LimitLoad many =
        new LimitLoad(
            NamedLimitSettings.of(daily),
            1,
            List.of(new LimitLoad.Key(FIRST, 1, List.of(), 0, Optional.empty())),
            99,
            false,
            0);

    ScalingDecision decision = decide(input(100, FAST, many));

    assertThat(decision.reason()).isEqualTo(Reason.KEYS_NOT_KNOWN);
    assertThat(decision.explanation()).contains("as far as known");
  }
}
