package io.ratelimit.core.handler;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;

/** Thrown by a handler: this attempt failed, and the next is to be made after a certain time. */
public class RetryAfterException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Duration delay;

  /**
   * Creates an exception.
   *
   * @param delay how long to wait before the next attempt, 0 or more
   * @param message why
   * @throws IllegalArgumentException if the delay is negative
   */
  public RetryAfterException(Duration delay, String message) {
    super(requireNonNull(message, "message"));
    Requirements.notNegative("delay", delay);
    this.delay = delay;
  }

  /** How long to wait before the next attempt. */
  public Duration delay() {
    return delay;
  }
}
