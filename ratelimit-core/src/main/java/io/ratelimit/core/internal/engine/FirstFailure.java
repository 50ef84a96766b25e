package io.ratelimit.core.internal.engine;

import io.ratelimit.core.queue.QueueUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Lets several steps be made though one of them fails, and throws the first failure afterwards. A
 * queue that is unavailable ends it at once: each further step would wait as long. Not thread-safe.
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

  /** Throws what needs no declaration. */
  static void rethrow(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
