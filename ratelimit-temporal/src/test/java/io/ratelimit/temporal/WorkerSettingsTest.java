package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Bounds that a worker has and an engine has not. */
class WorkerSettingsTest {

  private static final Duration LONGEST = Duration.ofHours(24);
  private static final Duration TOO_LONG = LONGEST.plusMillis(1);

  private final RateLimitWorker.Builder worker =
      RateLimitWorker.builder(InMemoryEventQueue.create(RateLimit.of(20).perMinute()));

  @Test
  void noHandlerMayTakeLongerThanALaneOfTemporal() {
    RateLimitWorker.Builder same = worker.handlerTimeout(LONGEST);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> same.handlerTimeout(TOO_LONG))
        .withMessage("handler timeout must be more than zero and at most PT24H but is PT24H0.001S");
  }

  @Test
  void theSameHoldsForAllTermsAtOnce() {
    RateLimitWorker.Builder same =
        worker.attemptTerms(AttemptTerms.DEFAULT.withHandlerTimeout(LONGEST));
    AttemptTerms terms = AttemptTerms.DEFAULT.withHandlerTimeout(TOO_LONG);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> same.attemptTerms(terms))
        .withMessageContaining("at most PT24H");
  }
}
