package io.ratelimit.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One attempt failed in a way that another may not: the network, or the API itself. */
public final class AttemptFailedException extends IOException {

  private static final long serialVersionUID = 1L;

  AttemptFailedException(String message) {
    this(message, null);
  }

  AttemptFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
