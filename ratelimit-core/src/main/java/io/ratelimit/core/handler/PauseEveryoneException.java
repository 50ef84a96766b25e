package io.ratelimit.core.handler;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;

/**
 * Thrown by a handler: the API refuses everybody for a time (HTTP 429 with {@code Retry-After}).
 * Nothing is started until then by any process, and the event is processed again without this
 * attempt being counted.
 */
public class PauseEveryoneException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Duration pause;

  /**
   * Creates an exception.
   *
   * @param pause how long nothing may start: more than zero
   * @param message why
   * @throws IllegalArgumentException if the pause is not more than zero
   */
  public PauseEveryoneException(Duration pause, String message) {
    super(requireNonNull(message, "message"));
    Requirements.positive("pause", pause);
    this.pause = pause;
  }

  /** How long nothing may start. */
  public Duration pause() {
    return pause;
  }
}
