package io.ratelimit.redis;

import io.ratelimit.core.queue.EventQueue;
import java.time.Duration;

/** What arguments must be; each refusal names the rule and the value. */
final class Requirements {

  static void positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " must be more than zero but is " + value);
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
