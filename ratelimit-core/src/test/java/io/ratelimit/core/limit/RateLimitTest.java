package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void isPacedAndWithoutMarginUnlessToldOtherwise() {
    assertThat(RateLimit.of(20).perMinute())
        .isEqualTo(new RateLimit(20, MINUTE, 1, Duration.ZERO))
        .isEqualTo(RateLimit.of(20).per(Duration.ofSeconds(60)));
    assertThat(RateLimit.of(5).perSecond().period()).isEqualTo(Duration.ofSeconds(1));
    assertThat(RateLimit.of(5).perHour().period()).isEqualTo(Duration.ofHours(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 999_999, 1_000_000})
  void acceptsPermitsInTheirRange(int permits) {
    assertThat(RateLimit.of(permits).perMinute().permits()).isEqualTo(permits);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1_000_001, Integer.MAX_VALUE})
  void refusesPermitsOutsideTheirRange(int permits) {
    assertThatThrownBy(() -> RateLimit.of(permits).perMinute())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("permits must be 1 to 1000000 but are " + permits);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0.001S", "PT0.001001S", "PT744H"})
  void acceptsPeriodsInTheirRange(Duration period) {
    assertThat(RateLimit.of(1).per(period).period()).isEqualTo(period);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1S", "PT0S", "PT0.000999S", "PT744H0.000001S", "PT2562047788015215H"})
  void refusesPeriodsOutsideTheirRange(Duration period) {
    assertThatThrownBy(() -> RateLimit.of(1).per(period))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("period must be PT0.001S to PT744H but is " + period);
  }

  @Test
  void refusesFractionsOfMicroseconds() {
    assertThatThrownBy(() -> RateLimit.of(1).per(Duration.ofNanos(1_000_001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("period must be in whole microseconds but is PT0.001000001S");
    assertThatThrownBy(() -> RateLimit.of(1).perMinute().withMargin(Duration.ofNanos(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("margin must be in whole microseconds but is PT0.000000001S");
  }

  @Test
  void hasABurstOfOneToItsPermits() {
    RateLimit limit = RateLimit.of(20).perMinute();

    assertThat(limit.withBurst(1)).isEqualTo(limit);
    assertThat(limit.withBurst(20).burst()).isEqualTo(20);
    for (int burst : new int[] {-1, 0, 21, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> limit.withBurst(burst))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("burst must be 1 to the number of permits, 20, but is " + burst);
    }
  }

  @Test
  void hasAMarginOfZeroToADay() {
    RateLimit limit = RateLimit.of(20).perMinute();

    assertThat(limit.withMargin(Duration.ofDays(1)).margin()).isEqualTo(Duration.ofDays(1));
    for (Duration margin :
        new Duration[] {Duration.ofNanos(-1), Duration.ofDays(1).plus(1, ChronoUnit.MICROS)}) {
      assertThatThrownBy(() -> limit.withMargin(margin))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("margin must be PT0S to PT24H but is " + margin);
    }
  }

  @Test
  void refusesNull() {
    assertThatThrownBy(() -> RateLimit.of(1).per(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> RateLimit.of(1).perMinute().withMargin(null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> RateLimit.parse(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void windowIsThePeriodAndTheMargin() {
    RateLimit limit = RateLimit.of(20).perMinute();

    assertThat(limit.window()).isEqualTo(MINUTE);
    assertThat(limit.withMargin(Duration.ofSeconds(1)).window()).isEqualTo(Duration.ofSeconds(61));
  }

  @Test
  void withPermitsKeepsTheRestAndLowersABurstThatNoLongerFits() {
    RateLimit limit = RateLimit.of(20).perMinute().withBurst(5).withMargin(Duration.ofSeconds(1));

    assertThat(limit.withPermits(60))
        .isEqualTo(new RateLimit(60, MINUTE, 5, Duration.ofSeconds(1)));
    assertThat(limit.withPermits(5).burst()).isEqualTo(5);
    assertThat(limit.withPermits(3).burst()).isEqualTo(3);
    assertThatThrownBy(() -> limit.withPermits(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("permits must be 1 to 1000000 but are 0");
  }

  @Test
  void ratesCountTheMargin() {
    RateLimit limit = RateLimit.of(20).perMinute();

    assertThat(limit.perMinute()).isCloseTo(20, within(1e-9));
    assertThat(limit.secondsPerPermit()).isCloseTo(3, within(1e-12));
    RateLimit withMargin = limit.withMargin(Duration.ofSeconds(20));
    assertThat(withMargin.perMinute()).isCloseTo(15, within(1e-9));
    assertThat(withMargin.secondsPerPermit()).isCloseTo(4, within(1e-12));
    assertThat(RateLimit.of(5).perSecond().perMinute()).isCloseTo(300, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "20/m, 20, PT1M",
    "60/min, 60, PT1M",
    "5/s, 5, PT1S",
    "100/30s, 100, PT30S",
    "7/250ms, 7, PT0.25S",
    "1000/h, 1000, PT1H",
    "5000/d, 5000, PT24H",
    "1/31d, 1, PT744H",
    "' 3/2m ', 3, PT2M",
    "3/1500us, 3, PT0.0015S",
  })
  void readsText(String text, int permits, Duration period) {
    assertThat(RateLimit.parse(text)).isEqualTo(RateLimit.of(permits).per(period));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "20",
        "20/",
        "/m",
        "20/w",
        "20/M",
        "-1/s",
        "1.5/s",
        "20 / m",
        "20/-1s",
        "20/m burst",
        "20/m burst -1",
        "20/m burst 5 margin",
        "20/m burst 5 margin 1",
        "20/m margin 1s burst 5",
        "20/m 5",
        "9999999999/s"
      })
  void refusesTextOfAnotherForm(String text) {
    assertThatThrownBy(() -> RateLimit.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "a rate limit must look like 20/m, 5/s or 100/30s burst 5 margin 1s")
        .hasMessageEndingWith("but is \"" + text + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "0/s, permits must be 1 to 1000000 but are 0",
    "1000001/s, permits must be 1 to 1000000 but are 1000001",
    "5/0s, period must be PT0.001S to PT744H but is PT0S",
    "5/32d, period must be PT0.001S to PT744H but is PT768H",
    "20/m burst 21, 'burst must be 1 to the number of permits, 20, but is 21'",
    "20/m burst 0, 'burst must be 1 to the number of permits, 20, but is 0'",
    "20/m margin 25h, margin must be PT0S to PT24H but is PT25H",
    "5/999999999d, period must be PT0.001S to PT744H but is PT23999999976H",
  })
  void refusesTextWithValuesOutsideTheirRange(String text, String message) {
    assertThatThrownBy(() -> RateLimit.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"" + text + "\": " + message);
  }

  @ParameterizedTest
  @CsvSource({
    "20, PT1M, 1, PT0S, 20/min",
    "20, PT1M, 5, PT1S, 20/min burst 5 margin 1s",
    "100, PT30S, 1, PT0S, 100/30s burst 1",
    "100, PT30S, 2, PT0S, 100/30s",
    "5, PT1S, 5, PT0S, 5/s burst 5",
    "7, PT0.25S, 2, PT0S, 7/250ms",
    "7, PT0.001S, 7, PT0S, 7/ms",
    "7, PT0.0015S, 7, PT0S, 7/1500us",
    "1000, PT1H, 1, PT1M30S, 1000/h margin 90s",
    "1000, PT1H, 1, PT0.1S, 1000/h margin 100ms",
    "1000, PT1H, 1, PT1M, 1000/h margin 1min",
    "5000, PT24H, 1, PT24H, 5000/d margin 1d",
    "1, PT744H, 1, PT0S, 1/31d",
    "1, PT90S, 1, PT0S, 1/90s",
    "1, PT2M, 1, PT0S, 1/2min",
  })
  void saysWhatItIs(int permits, Duration period, int burst, Duration margin, String text) {
    assertThat(new RateLimit(permits, period, burst, margin)).hasToString(text);
  }

  @Property
  void readsWhatItWrites(@ForAll("limits") RateLimit limit) {
    assertThat(RateLimit.parse(limit.toString())).isEqualTo(limit);
  }

  @ParameterizedTest
  @CsvSource({
    "20/min, 1",
    "60/min, 1",
    "119/min, 1",
    "120/min, 2",
    "86400/d, 1",
    "1/s, 1",
    "2/s, 2",
    "20/s, 2",
    "40/s, 2",
    "41/s, 3",
    "200/s, 10",
    "999/s, 50",
    "1/ms, 1",
    "3/ms, 3",
    "1000000/s, 50000",
    "1000000/31d, 1",
  })
  void theDefaultBurstIsWhatIsDueIn50Milliseconds(String text, int burst) {
    assertThat(RateLimit.parse(text).burst()).isEqualTo(burst);
  }

  @Property
  void theDefaultBurstStaysTheDefault(
      @ForAll("limits") RateLimit any, @ForAll @IntRange(min = 1, max = 1_000_000) int permits) {
    RateLimit limit = RateLimit.of(any.permits()).per(any.period());

    assertThat(limit.withPermits(permits)).isEqualTo(RateLimit.of(permits).per(any.period()));
  }

  @ParameterizedTest
  @CsvSource({
    "20/min, 20/min, false",
    "21/min, 20/min, true",
    "20/min, 21/min, false",
    "1/3s, 20/min, false", // the same rate
    "20/min, 1/3s, false",
    "1/s, 59/min, true",
    "1/s, 60/min, false",
    "1000000/ms, 999999/ms, true",
    "1/31d, 1/30d, false",
    "1/30d, 1/31d, true",
    // 1_000_000 × 2_678_396_321_602 is one more than 999_999 × 2_678_399_000_001.
    "1000000/2678399000001us, 999999/2678396321602us, true",
    "999999/2678396321602us, 1000000/2678399000001us, false",
  })
  void isFasterThanComparesRatesExactly(String one, String other, boolean faster) {
    assertThat(RateLimit.parse(one).isFasterThan(RateLimit.parse(other))).isEqualTo(faster);
  }

  @Test
  void isFasterThanCountsTheMarginButNotTheBurst() {
    RateLimit limit = RateLimit.of(20).perMinute();

    assertThat(limit.isFasterThan(limit.withMargin(Duration.ofNanos(1_000)))).isTrue();
    assertThat(limit.withMargin(Duration.ofNanos(1_000)).isFasterThan(limit)).isFalse();
    assertThat(limit.withBurst(20).isFasterThan(limit)).isFalse();
  }

  @Provide
  Arbitrary<RateLimit> limits() {
    return RandomLimits.any();
  }
}
