package io.ratelimit.core.scaling;

import java.time.Duration;

/** Converts durations to seconds as a real number, and back. */
final class Seconds {

  private static final double NANOS = 1e9;

  /** A century: practically never. */
  static final Duration LONGEST = Duration.ofDays(36_500);

  private static final double MOST = LONGEST.toSeconds();

  /** Returns a duration, rounded to nanoseconds and capped at a century. */
  static Duration toDuration(double seconds) {
    double bounded = Math.max(-MOST, Math.min(MOST, seconds));
    return Duration.ofNanos(Math.round(bounded * NANOS));
  }

  private Seconds() {}
}
