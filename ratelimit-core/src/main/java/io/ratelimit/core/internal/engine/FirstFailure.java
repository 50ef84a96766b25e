package io.ratelimit.core.internal.engine;

import io.ratelimit.core.queue.QueueUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Runs several steps even if one of them fails, and throws the first failure afterward. An
 * unavailable queue ends this at once, because each further step would wait just as long. Not
 * thread-safe.
 */
final class FirstFailure {

  private @Nullable Throwable first;

  void keep(Runnable step) {
    try {
      step.run();
    } catch (QueueUnavailableException unavailable) {
      throw unavailable;
    } catch (RuntimeException | Error failure) {
      keep(failure);
    }
  }

  void keep(Throwable failure) {
    if (first == null) {
      first = failure;
    }
  }

  void rethrow() {
    if (first != null) {
      rethrow(first);
    }
  }

  /** Throws a failure that is unchecked. */
  static void rethrow(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
