package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.limit.LimitSettings.Demand;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LimitSettingsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(10);
  private static final Instant LATER = NOW.plusSeconds(20);
  private static final RateLimit SLOW = RateLimit.of(20).perMinute();
  private static final RateLimit FAST = RateLimit.of(60).perMinute();

  private final LimitSettings first = LimitSettings.of(SLOW);

  @Test
  void startWithTheLimitAloneAndVersionOne() {
    assertThat(first)
        .isEqualTo(new LimitSettings(SLOW, Optional.empty(), List.of(), Optional.empty(), 1));
    assertThat(first.inForce(NOW)).isEqualTo(SLOW);
    assertThat(first.isEmergency(NOW)).isFalse();
    assertThat(first.isPaused(NOW)).isFalse();
  }

  @Test
  void refuseNull() {
    assertThatThrownBy(() -> LimitSettings.of(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> first.withNormal(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> raised(first, null, SOON)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> raised(first, FAST, null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void countEachChangeOfTheNormalLimitAndKeepTheRest() {
    LimitSettings set = raised(first, FAST, SOON).withPause(Pause.untilResumed());

    LimitSettings changed = set.withNormal(SLOW.withPermits(30));

    assertThat(changed.normal()).isEqualTo(SLOW.withPermits(30));
    assertThat(changed.demands()).isEqualTo(set.demands());
    assertThat(changed.pause()).isEqualTo(set.pause());
    assertThat(changed.version()).isEqualTo(set.version() + 1);
  }

  @Test
  void areTheSameWithTheNormalLimitThatIsSet() {
    assertThat(first.withNormal(RateLimit.parse("20/60s"))).isSameAs(first);
  }

  @Test
  void raiseTheLimitUntilTheEmergencyLapses() {
    LimitSettings raised = raised(first, FAST, SOON);

    assertThat(raised.version()).isEqualTo(2);
    assertThat(raised.inForce(NOW)).isEqualTo(FAST);
    assertThat(raised.inForce(SOON.minusNanos(1))).isEqualTo(FAST);
    assertThat(raised.isEmergency(SOON)).isFalse();
    assertThat(raised.inForce(SOON)).isEqualTo(SLOW);
  }

  @Test
  void countADeclaredEmergencyOnceHoweverOftenItsEndIsMoved() {
    LimitSettings raised = raised(first, FAST, SOON);

    LimitSettings renewed = raised(raised, FAST, LATER);

    assertThat(renewed.version()).isEqualTo(raised.version());
    assertThat(renewed.inForce(SOON)).isEqualTo(FAST);
    assertThat(renewed.inForce(LATER)).isEqualTo(SLOW);
    assertThat(raised(raised, FAST, SOON)).isEqualTo(raised);
    assertThat(raised(raised, FAST.withPermits(61), SOON).version())
        .isEqualTo(raised.version() + 1);
  }

  @Test
  void areNotRaisedByAnEmergencyLimitThatIsNotFaster() {
    LimitSettings same = raised(first, RateLimit.parse("1/3s"), SOON);
    LimitSettings slower = raised(first, SLOW.withPermits(10), SOON);

    assertThat(same.isEmergency(NOW)).isFalse();
    assertThat(slower.inForce(NOW)).isEqualTo(SLOW);
  }

  @Test
  void endAnEmergencyOnce() {
    LimitSettings ended = raised(first, FAST, SOON).withoutDemand("owner", NOW);

    assertThat(ended.inForce(NOW)).isEqualTo(SLOW);
    assertThat(ended.version()).isEqualTo(3);
    assertThat(ended.withoutDemand("owner", NOW)).isEqualTo(ended);
  }

  @Test
  void areClosedFromAPauseToItsEnd() {
    LimitSettings paused = first.withPause(Pause.until(SOON));

    assertThat(paused.version()).isEqualTo(2);
    assertThat(paused.isPaused(NOW)).isTrue();
    assertThat(paused.isPaused(SOON.minusNanos(1))).isTrue();
    assertThat(paused.isPaused(SOON)).isFalse();
  }

  @Test
  void keepTheLongerOfTwoPauses() {
    LimitSettings paused = first.withPause(Pause.until(SOON));

    assertThat(paused.withPause(Pause.until(NOW))).isSameAs(paused);
    assertThat(paused.withPause(Pause.until(SOON))).isSameAs(paused);
    assertThat(paused.withPause(Pause.until(LATER)).pause()).contains(Pause.until(LATER));
    LimitSettings closed = paused.withPause(Pause.untilResumed());
    assertThat(closed.pause()).contains(Pause.untilResumed());
    assertThat(closed.withPause(Pause.until(LATER))).isSameAs(closed);
  }

  @Test
  void resumeOnce() {
    LimitSettings resumed = first.withPause(Pause.untilResumed()).resumed();

    assertThat(resumed.isPaused(NOW)).isFalse();
    assertThat(resumed.version()).isEqualTo(3);
    assertThat(resumed.resumed()).isSameAs(resumed);
  }

  @Test
  void admitTheWeightsOfTheNormalLimit() {
    assertThat(first.largestWeight()).isEqualTo(20);
    assertThat(raised(first, RateLimit.of(10).perSecond(), SOON).largestWeight()).isEqualTo(20);
  }

  @Test
  void keepTheDemandThatRaisesMostWhenThereAreTooMany() {
    LimitSettings set = first;
    for (int n = 1; n <= LimitSettings.MAX_DEMANDS; n++) {
      set = set.withDemand(new Demand("owner " + n, SLOW.withPermits(100 + n), SOON), NOW);
    }

    LimitSettings faster = set.withDemand(new Demand("fast", SLOW.withPermits(500), SOON), NOW);
    assertThat(faster.demands()).hasSize(LimitSettings.MAX_DEMANDS);
    assertThat(faster.demandOf("owner 1", NOW)).isEmpty();
    assertThat(faster.demandOf("fast", NOW)).isPresent();
    LimitSettings slower = set.withDemand(new Demand("slow", SLOW.withPermits(50), SOON), NOW);
    assertThat(slower).isEqualTo(set);
  }

  @Test
  void refuseAnOwnerOfAnotherForm() {
    for (String owner : new String[] {"", "a\nb", "x".repeat(Demand.MAX_OWNER_LENGTH + 1)}) {
      assertThatThrownBy(() -> new Demand(owner, FAST, SOON))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the owner of a demand must be 1 to 300 characters");
    }
  }

  private static LimitSettings raised(LimitSettings settings, RateLimit limit, Instant until) {
    return settings.withDemand(new Demand("owner", limit, until), NOW);
  }
}
