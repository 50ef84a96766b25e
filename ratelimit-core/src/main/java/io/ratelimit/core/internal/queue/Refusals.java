package io.ratelimit.core.internal.queue;

import io.ratelimit.core.internal.check.Printable;

/** The reasons why no queue can decide on a start that is charged in a named limit. */
public final class Refusals {

  public static IllegalArgumentException unknown(String limit) {
    return new IllegalArgumentException(
        "the limit "
            + Printable.quoted(limit)
            + " is not set, and nothing was spent; give it to the builder of the queue with limits,"
            + " or set it with namedLimitControl()");
  }

  public static IllegalArgumentException withoutWindow(String limit) {
    return new IllegalArgumentException(
        "the limit "
            + Printable.quoted(limit)
            + " has no window, and nothing was spent: it only bounds attempts in flight,"
            + " which only events have");
  }

  private Refusals() {}
}
