package io.ratelimit.core.scaling;

import java.time.Duration;

/** Seconds as a real number, and back. */
final class Seconds {

  private static final double NANOS = 1e9;

  /** A century: as good as never. */
  static final Duration LONGEST = Duration.ofDays(36_500);

  private static final double MOST = LONGEST.toSeconds();

  /** To the nearest nanosecond; at most a century. */
  static Duration toDuration(double seconds) {
    double bounded = Math.max(-MOST, Math.min(MOST, seconds));
    return Duration.ofNanos(Math.round(bounded * NANOS));
  }

  private Seconds() {}
}
