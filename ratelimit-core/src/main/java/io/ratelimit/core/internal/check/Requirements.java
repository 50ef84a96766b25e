package io.ratelimit.core.internal.check;

import io.ratelimit.core.queue.EventQueue;
import java.time.Duration;

/** Checks at the edge of the queue that more than one type makes. */
public final class Requirements {

  public static void positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " must be more than zero but is " + value);
    }
  }

  public static void notNegative(String what, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(what + " must not be negative but is " + value);
    }
  }

  public static void pageSize(int max) {
    if (max < 1 || max > EventQueue.MAX_PAGE) {
      throw new IllegalArgumentException(
          "a page holds 1 to " + EventQueue.MAX_PAGE + " events but " + max + " were asked for");
    }
  }

  private Requirements() {}
}
