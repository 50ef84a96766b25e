package io.ratelimit.core.handler;

import io.ratelimit.core.internal.handler.Causes;
import java.util.Optional;

/**
 * Decides what an exception of a handler means. Must be thread-safe, quick and free of side
 * effects; if it throws, or returns null, {@link #standard()} decides instead.
 *
 * <pre>{@code
 * .failureClassifier(thrown -> FailureClassifier.find(thrown, RateLimited.class)
 *     .map(limited -> Failure.pauseEveryone(limited.retryAfter(), thrown))
 *     .orElseGet(() -> FailureClassifier.standard().classify(thrown)))
 * }</pre>
 */
@FunctionalInterface
public interface FailureClassifier {

  /**
   * Classifies what a handler threw, or what the stage that it returned failed with.
   *
   * @param thrown the exception, including everything that wraps it
   */
  Failure classify(Throwable thrown);

  /**
   * Returns the default. It looks at the exception, at its causes, and at what any of them
   * suppressed:
   *
   * <ol>
   *   <li>A {@link PauseEveryoneException} anywhere pauses everyone, whatever else went wrong.
   *   <li>Otherwise, the outermost {@link RetryAfterException}, {@link PermanentFailureException}
   *       or {@link io.ratelimit.core.event.PayloadException}, which is also permanent, decides.
   *   <li>Otherwise, the outermost exception that is known by its type: a {@code 429} or {@code
   *       503} with {@code Retry-After} in an exception of Spring's HTTP clients pauses everyone,
   *       for 30 s if a 429 does not say for how long; Temporal's {@code ApplicationFailure} may be
   *       permanent, or name the time to the next attempt.
   *   <li>Anything else is retried.
   * </ol>
   */
  static FailureClassifier standard() {
    return StandardClassifier.INSTANCE;
  }

  /**
   * Finds an exception of a type: the one thrown, the outermost of its causes, or one that any of
   * them suppressed.
   */
  static <T extends Throwable> Optional<T> find(Throwable thrown, Class<T> type) {
    return Causes.of(thrown).stream().filter(type::isInstance).map(type::cast).findFirst();
  }
}
