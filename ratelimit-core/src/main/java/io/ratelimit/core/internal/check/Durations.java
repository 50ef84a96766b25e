package io.ratelimit.core.internal.check;

import java.time.Duration;

/** Checks on the durations that an engine is set up with. */
public final class Durations {

  /** As good as for ever, and so short that no sum with a time of this era overflows. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  /** A duration that must be more than zero, or a hundred years if that is shorter. */
  public static Duration positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " must be more than zero but is " + value);
    }
    return atMostLongest(value);
  }

  /** A duration that must be zero or more, or a hundred years if that is shorter. */
  public static Duration notNegative(String what, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(what + " must not be negative but is " + value);
    }
    return atMostLongest(value);
  }

  private static Duration atMostLongest(Duration value) {
    return value.compareTo(LONGEST) > 0 ? LONGEST : value;
  }

  private Durations() {}
}
