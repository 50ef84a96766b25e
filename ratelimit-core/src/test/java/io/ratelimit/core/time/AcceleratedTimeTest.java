package io.ratelimit.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceleratedTimeTest {

  /** Records until when it was to park. */
  private static final class RecordingTime implements Time {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Instant parkedUntil = Instant.MIN;

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public void parkUntil(Instant deadline) {
      parkedUntil = deadline;
    }
  }

  private final RecordingTime base = new RecordingTime();
  private final Instant start = base.now();

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 1, 20, 1_000})
  void runsSoManyTimesAsFastFromItsCreationOn(double factor) {
    Time time = new AcceleratedTime(base, factor);
    assertThat(time.now()).isEqualTo(start);

    base.now = start.plusSeconds(180);

    assertThat(time.now()).isEqualTo(start.plusMillis(Math.round(180_000 * factor)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.7, 1, 3, 20, 1_000})
  void parksUntilTheDeadlineHasComeAndHardlyLonger(double factor) {
    Time time = new AcceleratedTime(base, factor);
    Instant deadline = start.plusMillis(123_457);

    time.parkUntil(deadline);
    base.now = base.parkedUntil;

    assertThat(time.now()).isAfterOrEqualTo(deadline);
    assertThat(Duration.between(deadline, time.now()))
        .isLessThan(Duration.ofNanos((long) (3 * factor) + 3));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.5, 1, 1_000})
  void noInstantOverflows(double factor) {
    Time time = new AcceleratedTime(base, factor);

    time.parkUntil(Instant.MIN);
    assertThat(base.parkedUntil).as("not parked at all").isEqualTo(Instant.MIN);

    time.parkUntil(Instant.MAX);
    assertThat(base.parkedUntil).isAfter(start.plus(Duration.ofDays(3650)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void refusesFactorsThatMeanNoTime(double factor) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Time.accelerated(factor))
        .withMessage(
            "the factor of an accelerated time must be a finite number above 0 but is " + factor);
  }

  @Test
  void saysWhatItIs() {
    assertThat(Time.accelerated(20)).hasToString("system time × 20.0");
  }
}
