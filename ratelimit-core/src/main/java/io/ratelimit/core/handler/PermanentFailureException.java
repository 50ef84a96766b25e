package io.ratelimit.core.handler;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler: the event cannot be processed, however often it is tried. This also works
 * inside any other exception.
 */
public class PermanentFailureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception without a cause. */
  public PermanentFailureException(String message) {
    this(message, null);
  }

  /** Creates an exception with a cause. */
  public PermanentFailureException(String message, @Nullable Throwable cause) {
    super(requireNonNull(message, "message"), cause);
  }
}
