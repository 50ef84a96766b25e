package io.ratelimit.core.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How long a named limit holds work back, in cases that are easy to compute. */
class HoldTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final LimitKey KEY = new LimitKey("account", "a1");

  private static LimitLoad load(NamedLimit limit, LimitLoad.Key... keys) {
    return new LimitLoad(NamedLimitSettings.of(limit), 1, List.of(keys), 0, true, 0);
  }

  private static LimitLoad.Key unused(long cost) {
    return LimitLoad.Key.unused(KEY, cost);
  }

  private static NamedLimit windows(RateLimit... windows) {
    return NamedLimit.of("account", windows);
  }

  private static double seconds(LimitLoad load) {
    return hold(load, Expectations.NONE, Duration.ofMinutes(3)).seconds();
  }

  private static Hold hold(LimitLoad load, Expectations expected, Duration timeLeft) {
    ScalingInput input =
        ScalingInput.of(
            NOW,
            Workload.of(EventType.of("TYPE"), 100),
            timeLeft,
            RateLimit.of(1_000).perSecond(),
            WorkerRange.DEFAULT);
    return Hold.of(load, new Hold.Attempts(input, expected, 10, 0, 0.001));
  }

  @Test
  void aPacedWindowTakesAnIntervalForEachPermitBeforeTheLast() {
    NamedLimit paced = windows(RateLimit.of(20).perMinute().withBurst(1));

    assertThat(seconds(load(paced, unused(1)))).isZero();
    assertThat(seconds(load(paced, unused(11)))).isEqualTo(30);
    assertThat(seconds(load(paced, unused(108)))).isEqualTo(321);
  }

  @Test
  void aWindowThatMayBeUsedAtOnceHoldsNothingBackUntilItIsFull() {
    NamedLimit burst = windows(RateLimit.of(100).per(Duration.ofSeconds(10)).withBurst(100));

    assertThat(seconds(load(burst, unused(100)))).isZero();
    assertThat(seconds(load(burst, unused(101)))).isEqualTo(10);
    assertThat(seconds(load(burst, unused(250)))).isEqualTo(20);
  }

  @Test
  void aWindowWithRoomForAllDoesNotCountBesideOneWithout() {
    NamedLimit two =
        windows(
            RateLimit.of(100).per(Duration.ofSeconds(10)).withBurst(100),
            RateLimit.of(200_000).per(Duration.ofDays(1)).withBurst(200_000));

    assertThat(seconds(load(two, unused(250)))).isEqualTo(20);
  }

  @Test
  void theKeyThatIsHeldBackLongestCounts() {
    NamedLimit paced = windows(RateLimit.of(60).perMinute().withBurst(1));
    LimitLoad.Key closed =
        new LimitLoad.Key(
            new LimitKey("account", "a2"), 1, List.of(), 0, Optional.of(NOW.plusSeconds(50)));

    Hold hold = hold(load(paced, unused(10), closed), Expectations.NONE, Duration.ofMinutes(3));

    assertThat(hold).isEqualTo(new Hold(Optional.of(closed.key()), 50, true));
  }

  @Test
  void aKeyThatSomebodyMustResumeIsHeldBackForEver() {
    NamedLimit paced = windows(RateLimit.of(60).perMinute());
    LimitLoad.Key paused = new LimitLoad.Key(KEY, 1, List.of(), 0, Optional.of(Instant.MAX));

    assertThat(seconds(load(paced, paused))).isEqualTo(Hold.FOR_EVER);
  }

  @Test
  void attemptsOneAfterTheOtherTakeTheirTime() {
    NamedLimit one = windows(RateLimit.of(1_000).perSecond().withBurst(1_000)).withMaxInFlight(1);

    assertThat(seconds(load(one, unused(1)))).isZero();
    assertThat(seconds(load(one, unused(5)))).isEqualTo(40);
    assertThat(seconds(load(one, new LimitLoad.Key(KEY, 5, List.of(5L), 1, Optional.empty()))))
        .isEqualTo(50);
  }

  @Test
  void heavyEventsLeaveSomePermitsOfAWindowUnused() {
    NamedLimit ten = windows(RateLimit.of(10).per(Duration.ofSeconds(10)).withBurst(10));

    LimitLoad heavy = new LimitLoad(NamedLimitSettings.of(ten), 4, List.of(unused(40)), 0, true, 0);

    // Two of 4 in any 10 seconds: the last of ten starts after 40 s, and is allowed for up to 50.
    assertThat(seconds(heavy)).isBetween(40.0, 60.0);
  }

  @Test
  void retriesCount() {
    NamedLimit paced = windows(RateLimit.of(60).perMinute().withBurst(1));
    Expectations failing = new Expectations(0.2, 3, 0, 1);

    double held = hold(load(paced, unused(10)), failing, Duration.ofMinutes(3)).seconds();

    assertThat(held).isGreaterThan(9 + 2).isLessThan(9 + 3 * 10);
  }

  @Test
  void whatIsNotCountedMayBeInTheDearestKey() {
    NamedLimit paced = windows(RateLimit.of(60).perMinute().withBurst(1));

    assertThat(seconds(load(paced, unused(10)).plusUncounted(5))).isEqualTo(14);
    assertThat(seconds(load(paced).plusUncounted(5))).isEqualTo(4);
  }

  @Test
  void keysThatAreNotLookedAtMayMissTheDeadline() {
    NamedLimit daily = windows(RateLimit.of(1_000).per(Duration.ofDays(1)).withBurst(1_000));
    NamedLimit quick = windows(RateLimit.of(1_000).perMinute().withBurst(1_000));
    Duration left = Duration.ofMinutes(5);

    assertThat(hold(more(daily, false), Expectations.NONE, left).isKnown()).isFalse();
    assertThat(hold(more(quick, false), Expectations.NONE, left).isKnown()).isTrue();
    assertThat(hold(more(daily, true), Expectations.NONE, left).isKnown()).isTrue();
  }

  private static LimitLoad more(NamedLimit limit, boolean unused) {
    return new LimitLoad(NamedLimitSettings.of(limit), 1, List.of(unused(1)), 500, unused, 0);
  }
}
