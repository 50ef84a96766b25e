package io.ratelimit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.ratelimit.core.scaling.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AttemptTermsTest {

  private static final AttemptTerms TERMS = AttemptTerms.DEFAULT;

  @Test
  void theDefaultsAreTheMissions() {
    assertThat(TERMS.retryPolicy().maxRetries()).isEqualTo(3);
    assertThat(TERMS.handlerTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(TERMS.lease()).isEqualTo(Duration.ofSeconds(15));
    assertThat(TERMS.shutdownGrace()).isEqualTo(Duration.ofSeconds(30));
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
  void theBackoffThatIsPlannedWithIsTheOneThatIsWaited() {
    assertThat(TERMS.backoff())
        .isEqualTo(new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(30)));
  }
}
