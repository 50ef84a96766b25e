package io.ratelimit.redis.internal.connection;

import io.ratelimit.core.internal.check.Printable;

/** Finds the root cause of a failure. */
public final class RootCause {

  /** Returns the message of the root cause, made printable. */
  public static String message(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Printable.text(root.getMessage() == null ? root.toString() : root.getMessage());
  }

  private RootCause() {}
}
