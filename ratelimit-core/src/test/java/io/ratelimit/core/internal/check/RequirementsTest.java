package io.ratelimit.core.internal.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RequirementsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration NANO = Duration.ofNanos(1);

  private static void refused(ThrowingCallable call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  @Test
  void durationsHaveAnEndOnBothSides() {
    assertThat(Requirements.positive("pause", NANO)).isEqualTo(NANO);
    assertThat(Requirements.notNegative("delay", Duration.ZERO)).isZero();
    refused(
        () -> Requirements.positive("pause", Duration.ZERO),
        "pause must be more than zero but is PT0S");
    refused(
        () -> Requirements.notNegative("delay", NANO.negated()),
        "delay must not be negative but is PT-0.000000001S");
  }

  @Test
  void whatIsLongerThanAHundredYearsIsAHundredYears() {
    Duration longer = Requirements.LONGEST.plus(NANO);

    assertThat(Requirements.positive("pause", longer)).isEqualTo(Requirements.LONGEST);
    assertThat(Requirements.notNegative("delay", Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(Requirements.LONGEST);
    assertThat(Requirements.capped(SECOND)).isEqualTo(SECOND);
  }

  @Test
  void delaysDoNotShrink() {
    Requirements.growing("delays", Duration.ZERO, Duration.ZERO);
    Requirements.growing("delays", NANO, SECOND);
    refused(
        () -> Requirements.growing("delays", SECOND, NANO),
        "delays must be 0 ≤ initial ≤ longest but are initial PT1S, longest PT0.000000001S");
    refused(
        () -> Requirements.growing("delays", NANO.negated(), SECOND),
        "delays must be 0 ≤ initial ≤ longest but are initial PT-0.000000001S, longest PT1S");
  }

  @Test
  void rangesIncludeTheirEnds() {
    assertThat(Requirements.positive("timeout", SECOND, SECOND)).isEqualTo(SECOND);
    assertThat(Requirements.between("period", NANO, NANO, SECOND)).isEqualTo(NANO);
    assertThat(Requirements.between("period", SECOND, NANO, SECOND)).isEqualTo(SECOND);
    assertThat(Requirements.between("page size", 1, 1, 2)).isEqualTo(1);
    assertThat(Requirements.between("page size", 2, 1, 2)).isEqualTo(2);
    assertThat(Requirements.between("jitter", 0.0, 0, 1)).isZero();
    assertThat(Requirements.between("jitter", 1.0, 0, 1)).isEqualTo(1);
    assertThat(Requirements.atLeast("workers", 1, 1)).isEqualTo(1);
  }

  @Test
  void whatIsOutsideItsRangeIsNamedWithTheRange() {
    refused(
        () -> Requirements.positive("timeout", SECOND.plus(NANO), SECOND),
        "timeout must be more than zero and at most PT1S but is PT1.000000001S");
    refused(
        () -> Requirements.positive("timeout", Duration.ZERO, SECOND),
        "timeout must be more than zero and at most PT1S but is PT0S");
    refused(
        () -> Requirements.between("period", Duration.ZERO, NANO, SECOND),
        "period must be PT0.000000001S to PT1S but is PT0S");
    refused(
        () -> Requirements.between("period", SECOND.plus(NANO), NANO, SECOND),
        "period must be PT0.000000001S to PT1S but is PT1.000000001S");
    refused(() -> Requirements.between("page size", 0, 1, 2), "page size must be 1 to 2 but is 0");
    refused(() -> Requirements.between("page size", 3, 1, 2), "page size must be 1 to 2 but is 3");
    refused(() -> Requirements.count("retries", 3, 0, 2), "retries must be 0 to 2 but are 3");
    refused(
        () -> Requirements.between("jitter", Double.NaN, 0, 1), "jitter must be 0 to 1 but is NaN");
    refused(() -> Requirements.between("jitter", 1.5, 0, 1), "jitter must be 0 to 1 but is 1.5");
    refused(() -> Requirements.atLeast("workers", 0, 1), "workers must be at least 1 but is 0");
  }

  @Test
  void partsOfAMicrosecondAreRefused() {
    assertThat(Requirements.wholeMicros("period", Duration.ofNanos(1_000)))
        .isEqualTo(Duration.ofNanos(1_000));
    refused(
        () -> Requirements.wholeMicros("period", Duration.ofNanos(1_001)),
        "period must be in whole microseconds but is PT0.000001001S");
  }

  @Test
  void aTextIsMoreThanWhiteSpace() {
    assertThat(Requirements.notBlank("name", "a")).isEqualTo("a");
    refused(() -> Requirements.notBlank("name", " "), "name must not be blank but is \" \"");
  }
}
