package io.ratelimit.core.internal.engine;

import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.internal.handler.Causes;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes failures that are expected answers of an API and say everything in words, so that
 * their stack trace helps nobody.
 */
final class ExpectedFailures {

  /** Returns the exception of a failure if its stack trace is worth logging; otherwise null. */
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

  /**
   * Returns whether an exception says everything in its message. One with a cause does not: the
   * cause comes from other code, and may be unexpected.
   */
  private static boolean saysAll(Throwable thrown) {
    boolean meant =
        thrown instanceof RetryAfterException
            || thrown instanceof PermanentFailureException
            || thrown.getStackTrace().length == 0;
    return meant && Causes.of(thrown).size() == 1;
  }

  private ExpectedFailures() {}
}
