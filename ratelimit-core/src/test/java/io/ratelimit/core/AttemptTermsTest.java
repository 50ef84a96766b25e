package io.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.ratelimit.core.handler.RetryPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AttemptTermsTest {

  private static final AttemptTerms TERMS = AttemptTerms.DEFAULT;

  @Test
  void theDefaultsAreTheDocumentedOnes() {
    assertThat(TERMS)
        .isEqualTo(
            new AttemptTerms(
                RetryPolicy.DEFAULT,
                Duration.ofMinutes(1),
                Duration.ofSeconds(15),
                Duration.ofSeconds(30)));
  }

  @Test
  void eachCanBeChangedAlone() {
    Duration second = Duration.ofSeconds(1);

    assertThat(TERMS.withRetryPolicy(RetryPolicy.NONE))
        .isEqualTo(
            new AttemptTerms(
                RetryPolicy.NONE, TERMS.handlerTimeout(), TERMS.lease(), TERMS.shutdownGrace()));
    assertThat(TERMS.withHandlerTimeout(second))
        .isEqualTo(
            new AttemptTerms(TERMS.retryPolicy(), second, TERMS.lease(), TERMS.shutdownGrace()));
    assertThat(TERMS.withLease(second))
        .isEqualTo(
            new AttemptTerms(
                TERMS.retryPolicy(), TERMS.handlerTimeout(), second, TERMS.shutdownGrace()));
    assertThat(TERMS.withShutdownGrace(second))
        .isEqualTo(
            new AttemptTerms(TERMS.retryPolicy(), TERMS.handlerTimeout(), TERMS.lease(), second));
  }

  @Test
  void durationsOutOfRangeAreRefusedByTheirNames() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TERMS.withHandlerTimeout(Duration.ZERO))
        .withMessage("handler timeout must be more than zero but is PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TERMS.withLease(Duration.ZERO))
        .withMessage("lease must be more than zero but is PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TERMS.withShutdownGrace(Duration.ofSeconds(-1)))
        .withMessage("shutdown grace must not be negative but is PT-1S");
    assertThatNullPointerException().isThrownBy(() -> TERMS.withRetryPolicy(null));
  }

  @Test
  void moreThanAHundredYearsAreAHundred() {
    assertThat(TERMS.withLease(Duration.ofDays(1_000_000)).lease())
        .isEqualTo(Duration.ofDays(36_500));
  }
}
