package io.ratelimit.redis.internal.connection;

import io.ratelimit.core.internal.check.Printable;

/** The first cause of a failure, which wrappers hide. */
public final class RootCause {

  /** Returns what it says, printable. */
  public static String message(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Printable.text(root.getMessage() == null ? root.toString() : root.getMessage());
  }

  private RootCause() {}
}
