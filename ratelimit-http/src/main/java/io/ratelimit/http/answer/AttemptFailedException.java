package io.ratelimit.http.answer;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Thrown when an attempt failed in a temporary way: because of the network or the API itself. */
public final class AttemptFailedException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception without a cause. */
  public AttemptFailedException(String message) {
    this(message, null);
  }

  /** Creates an exception with a cause. */
  public AttemptFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
