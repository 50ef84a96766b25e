package io.ratelimit.core.handler;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler: this attempt failed, and the next one comes after a given time. This also
 * works inside any other exception.
 */
public class RetryAfterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Duration delay;

  /**
   * Creates an exception without a cause.
   *
   * @param delay how long to wait before the next attempt, 0 or more
   * @param message why
   * @throws IllegalArgumentException if the delay is negative
   */
  public RetryAfterException(Duration delay, String message) {
    this(delay, message, null);
  }

  /**
   * Creates an exception.
   *
   * @param delay how long to wait before the next attempt, 0 or more
   * @param message why
   * @param cause what the client threw
   * @throws IllegalArgumentException if the delay is negative
   */
  public RetryAfterException(Duration delay, String message, @Nullable Throwable cause) {
    super(requireNonNull(message, "message"), cause);
    this.delay = Requirements.notNegative("delay", delay);
  }

  /** Returns how long to wait before the next attempt. */
  public Duration delay() {
    return delay;
  }
}
