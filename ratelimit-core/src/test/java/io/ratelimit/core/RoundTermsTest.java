package io.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Backoff;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoundTermsTest {

  private static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  private static final RoundTerms TERMS = RoundTerms.DEFAULT;

  @Test
  void theDefaultsAreTheMissions() {
    assertThat(TERMS.deadline()).isEqualTo(Duration.ofMinutes(3));
    assertThat(TERMS.confidence()).isEqualTo(new Confidence(0.999));
    assertThat(TERMS.workers()).isEqualTo(new WorkerRange(1, 10));
    assertThat(TERMS.emergencyLimit()).isEmpty();
    assertThat(TERMS.decisionInterval()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void durationsOutOfRangeAreRefusedByTheirNames() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TERMS.withDeadline(Duration.ZERO))
        .withMessage("deadline must be more than zero but is PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TERMS.withDecisionInterval(Duration.ofSeconds(-1)))
        .withMessage("decision interval must be more than zero but is PT-1S");
    assertThatNullPointerException().isThrownBy(() -> TERMS.withConfidence(null));
  }

  @Test
  void moreThanAHundredYearsAreAHundred() {
    assertThat(TERMS.withDeadline(Duration.ofDays(1_000_000)).deadline())
        .isEqualTo(Duration.ofDays(36_500));
  }

  @Test
  void theFastestLimitIsTheEmergencyLimitWhereThereIsOne() {
    RateLimit most = RateLimit.of(60).perMinute();

    assertThat(TERMS.fastest(NORMAL)).isEqualTo(NORMAL);
    assertThat(TERMS.withEmergencyLimit(most).fastest(NORMAL)).isEqualTo(most);
    assertThat(TERMS.withEmergencyLimit(most).withEmergencyLimit(Optional.empty()))
        .isEqualTo(TERMS);
  }

  @Test
  void retriesAreExpectedAsTheirPolicyMakesThem() {
    Backoff own = new Backoff(Duration.ofSeconds(9), 1, Duration.ofSeconds(9));
    RoundTerms withOwn = TERMS.withExpectations(TERMS.expectations().withBackoff(own));
    RetryPolicy five = RetryPolicy.DEFAULT.withMaxRetries(5);

    assertThat(TERMS.withRetriesOf(five).expectations())
        .isEqualTo(
            TERMS
                .expectations()
                .withRetries(5, new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(30))));
    assertThat(withOwn.withRetriesOf(five).expectations())
        .isEqualTo(withOwn.expectations().withRetries(5, own));
  }

  @Test
  void anEmergencyLimitBelowTheNormalOneIsRefused() {
    RoundTerms slower = TERMS.withEmergencyLimit(RateLimit.of(19).perMinute());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> slower.fastest(NORMAL))
        .withMessage(
            "emergency limit must be at least as fast as the limit, 20/min, but is 19/min");
  }
}
