package io.ratelimit.core.internal.engine;

import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.internal.handler.Causes;
import org.jspecify.annotations.Nullable;

/**
 * Which failures are answers that were to be expected of an API, and said in words: where in the
 * code they were thrown helps nobody.
 */
final class ExpectedFailures {

  /** Returns what is worth a stack trace of a failure; null: nothing. */
  static @Nullable Throwable stack(Failure failure) {
    Throwable thrown = failure.cause().orElse(null);
    return thrown == null || isExpected(failure, thrown) ? null : thrown;
  }

  private static boolean isExpected(Failure failure, Throwable thrown) {
    return switch (failure.reaction()) {
      case PAUSE_EVERYONE, PAUSE_KEY -> true;
      case RETRY, FAIL -> saysAll(Causes.unwrapped(thrown));
    };
  }

  /** Returns a cause would be somebody else's, of whom nobody knows what was expected. */
  private static boolean saysAll(Throwable thrown) {
    boolean meant =
        thrown instanceof RetryAfterException
            || thrown instanceof PermanentFailureException
            || thrown.getStackTrace().length == 0;
    return meant && Causes.of(thrown).size() == 1;
  }

  private ExpectedFailures() {}
}
