package io.ratelimit.redis;

import io.ratelimit.core.internal.check.Printable;

/** The first cause of a failure, which wrappers hide. */
final class RootCause {

  /** What it says, printable. */
  static String message(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Printable.text(root.getMessage() == null ? root.toString() : root.getMessage());
  }

  private RootCause() {}
}
