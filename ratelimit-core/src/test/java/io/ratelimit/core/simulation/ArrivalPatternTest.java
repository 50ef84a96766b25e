package io.ratelimit.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArrivalPatternTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private static List<Duration> times(ArrivalPattern pattern) {
    return pattern.times(new SplittableRandom(7));
  }

  private static List<Long> seconds(ArrivalPattern pattern) {
    return times(pattern).stream().map(Duration::toSeconds).toList();
  }

  @Test
  void aConstantRateBeginsAtOnceAndEndsBeforeTheEnd() {
    assertThat(seconds(ArrivalPattern.constant(6, Duration.ofSeconds(30), Duration.ofSeconds(60))))
        .containsExactly(30L, 40L, 50L);
    assertThat(seconds(ArrivalPattern.constant(4, Duration.ZERO, Duration.ofSeconds(10))))
        .containsExactly(0L);
  }

  @Test
  void aBurstIsThereWithinItsTime() {
    assertThat(seconds(ArrivalPattern.burst(3, Duration.ofSeconds(5), Duration.ofSeconds(4))))
        .containsExactly(5L, 7L, 9L);
    assertThat(seconds(ArrivalPattern.burst(1, Duration.ofSeconds(5), Duration.ofSeconds(4))))
        .containsExactly(5L);
    assertThat(times(ArrivalPattern.burst(0, Duration.ZERO, Duration.ZERO))).isEmpty();
  }

  @Test
  void aListIsPutInOrder() {
    assertThat(
            seconds(
                ArrivalPattern.listed(
                    List.of(Duration.ofSeconds(9), Duration.ZERO, Duration.ofSeconds(3)))))
        .containsExactly(0L, 3L, 9L);
  }

  /** The variance of a Poisson number is its mean: 3,600 ± 60. */
  @Test
  void chanceHasTheRightNumberAndIsTheSameForTheSameSeed() {
    ArrivalPattern pattern = ArrivalPattern.poisson(60, Duration.ZERO, HOUR);

    assertThat(times(pattern)).isEqualTo(times(pattern)).isSorted().hasSizeBetween(3_360, 3_840);
    assertThat(times(pattern)).allMatch(at -> at.compareTo(HOUR) < 0);
    double squares = 0;
    for (int seed = 0; seed < 200; seed++) {
      squares += Math.pow(pattern.times(new SplittableRandom(seed)).size() - 3_600, 2);
    }
    assertThat(squares / 200).isBetween(2_200.0, 5_500.0);
  }

  @Test
  void aSeasonIsFullAtItsPeakAndEmptyOppositeIt() {
    List<Duration> times =
        times(ArrivalPattern.seasonal(60, 1, HOUR, Duration.ofMinutes(15), Duration.ZERO, HOUR));

    assertThat(times).hasSizeBetween(3_300, 3_900);
    assertThat(times.stream().filter(at -> at.toMinutes() >= 10 && at.toMinutes() < 20))
        .hasSizeGreaterThan(1_000);
    assertThat(times.stream().filter(at -> at.toMinutes() >= 40 && at.toMinutes() < 50))
        .hasSizeLessThan(60);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArrivalPattern.constant(0, Duration.ZERO, HOUR))
        .withMessage("a rate must be more than 0 but is 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArrivalPattern.poisson(1, HOUR, HOUR))
        .withMessageContaining("a period must end after it begins");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArrivalPattern.constant(1e6, Duration.ZERO, HOUR))
        .withMessageContaining("at most 10000000 events can arrive");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArrivalPattern.seasonal(1, 1.5, HOUR, Duration.ZERO, Duration.ZERO, HOUR))
        .withMessage("amplitude must be 0 to 1 but is 1.5");
  }
}
