package io.ratelimit.core.queue;

import java.time.Duration;

/** Checks at the edge of the queue that more than one type makes. */
final class Requirements {

  static void positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " must be more than zero but is " + value);
    }
  }

  static void notNegative(String what, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(what + " must not be negative but is " + value);
    }
  }

  static void pageSize(int max) {
    if (max < 1 || max > EventQueue.MAX_PAGE) {
      throw new IllegalArgumentException(
          "a page holds 1 to " + EventQueue.MAX_PAGE + " events but " + max + " were asked for");
    }
  }

  private Requirements() {}
}
