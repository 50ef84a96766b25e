package io.ratelimit.core.handler;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler: the API refuses everyone for a time (HTTP 429 with {@code Retry-After}). No
 * process starts anything until then, and the event is processed again; this attempt does not
 * count. This also works inside any other exception.
 */
public class PauseEveryoneException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Duration pause;

  /**
   * Creates an exception without a cause.
   *
   * @param pause how long nothing may start: more than zero
   * @param message why
   * @throws IllegalArgumentException if the pause is not more than zero
   */
  public PauseEveryoneException(Duration pause, String message) {
    this(pause, message, null);
  }

  /**
   * Creates an exception.
   *
   * @param pause how long nothing may start: more than zero
   * @param message why
   * @param cause what the client threw
   * @throws IllegalArgumentException if the pause is not more than zero
   */
  public PauseEveryoneException(Duration pause, String message, @Nullable Throwable cause) {
    super(requireNonNull(message, "message"), cause);
    this.pause = Requirements.positive("pause", pause);
  }

  /** Returns how long nothing may start. */
  public Duration pause() {
    return pause;
  }
}
