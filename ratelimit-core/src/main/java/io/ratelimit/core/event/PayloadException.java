package io.ratelimit.core.event;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a payload cannot be written or read. The standard failure classifier treats it as
 * permanent, because another attempt would read the same bytes.
 */
public class PayloadException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception without a cause. */
  public PayloadException(String message) {
    this(message, null);
  }

  /** Creates an exception with a cause, whose message is also logged. */
  public PayloadException(String message, @Nullable Throwable cause) {
    super(requireNonNull(message, "message"), cause);
  }
}
