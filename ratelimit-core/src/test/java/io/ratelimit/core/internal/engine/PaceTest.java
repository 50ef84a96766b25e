package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Pace pace = new Pace();

  /**
   * Lets attempts of a given duration succeed at an even pace, and returns when the last one has.
   */
  private Instant succeed(Instant from, int count, Duration apart, Duration processing) {
    Instant now = from;
    for (int n = 0; n < count; n++) {
      now = now.plus(apart);
      int unused = pace.ahead(now);
      pace.succeeded(processing);
    }
    return now;
  }

  @Test
  void nothingIsExpectedAtFirst() {
    assertThat(pace.ahead(NOW)).isZero();
    assertThat(pace.ahead(NOW.plusSeconds(1))).isZero();
  }

  @Test
  void asManyAsLanesCameFreeForInFourMilliseconds() {
    Duration five = Duration.ofMillis(5);
    // One lane, ten, and fifty, with handlers of 5 ms.
    Instant now = succeed(NOW, 1_000, five, five);
    assertThat(pace.ahead(now.plus(five))).isEqualTo(1);
    now = succeed(now, 1_000, Duration.ofNanos(500_000), five);
    assertThat(pace.ahead(now)).isEqualTo(8);
    now = succeed(now, 1_000, Duration.ofNanos(100_000), five);
    assertThat(pace.ahead(now)).isEqualTo(40);
  }

  @Test
  void oneForEachSixteenBriefAttemptsAndTwoLessForEachLongOne() {
    Duration apart = Duration.ofNanos(10_000);
    Instant now = succeed(NOW, 1_000, apart, Duration.ofMillis(8));
    assertThat(pace.ahead(now)).isEqualTo(1_000 / 16);
    pace.succeeded(Duration.ofMillis(8).plusNanos(1));
    assertThat(pace.ahead(now)).as("one was not").isEqualTo((1_000 - 32) / 16);
    now = succeed(now, 31, apart, Duration.ofMillis(9));
    assertThat(pace.ahead(now)).as("most are long").isZero();

    now = succeed(now, 32, apart, Duration.ofMillis(1));
    assertThat(pace.ahead(now)).isEqualTo(2);
    pace.expectSlow();
    assertThat(pace.ahead(now)).isZero();
  }

  @Test
  void whatWasLongAgoSaysNothing() {
    Instant now = succeed(NOW, 10_000, Duration.ofNanos(10_000), Duration.ofMillis(1));
    assertThat(pace.ahead(now)).isPositive();
    assertThat(pace.ahead(now.plusSeconds(60))).isZero();
  }
}
