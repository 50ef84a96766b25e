package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MicrosTest {

  @Test
  void areTheWholeOnesAtOrBeforeAnInstant() {
    assertThat(Micros.of(Instant.ofEpochSecond(1, 1_999))).isEqualTo(1_000_001);
    assertThat(Micros.of(Instant.ofEpochSecond(-1, 1_999))).isEqualTo(-999_999);
  }

  @Test
  void ofInstantsBeyondTheirRangeAreTheFarthestAndNoSumWithAWindowOverflows() {
    long latest = Micros.of(Instant.MAX);
    long earliest = Micros.of(Instant.MIN);
    long longestWindow = Micros.of(Duration.ofDays(32));

    assertThat(latest).isEqualTo(-earliest).isGreaterThan(Micros.of(years(70_000)));
    assertThat(earliest).isLessThan(Micros.of(years(-70_000)));
    assertThat(latest + longestWindow).isPositive();
    assertThat(earliest - longestWindow).isNegative();
    assertThat(Micros.of(Micros.toInstant(latest))).isEqualTo(latest);
    assertThat(Micros.of(Micros.toInstant(latest).minusSeconds(1))).isEqualTo(latest - 1_000_000);
    assertThat(Micros.of(Micros.toInstant(earliest))).isEqualTo(earliest);
    assertThat(Micros.of(Micros.toInstant(earliest).plusSeconds(1)))
        .isEqualTo(earliest + 1_000_000);
  }

  private static Instant years(long years) {
    return Instant.EPOCH.plus(Duration.ofDays(365 * years));
  }

  @Test
  void addUpToTheNearestLong() {
    assertThat(Micros.plus(1, 2)).isEqualTo(3);
    assertThat(Micros.plus(-1, 2)).isEqualTo(1);
    assertThat(Micros.plus(1, -2)).isEqualTo(-1);
    assertThat(Micros.plus(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
    assertThat(Micros.plus(Long.MIN_VALUE, -1)).isEqualTo(Long.MIN_VALUE);
    assertThat(Micros.plus(Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo(-1);
    assertThat(Micros.plus(0, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(Micros.plus(0, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
  }
}
