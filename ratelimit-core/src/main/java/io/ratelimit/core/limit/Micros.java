package io.ratelimit.core.limit;

import java.time.Duration;
import java.time.Instant;

/**
 * Converts instants and durations to microseconds: the resolution of Redis's clock, and exact in a
 * Lua number until the year 2255, so that Java and Lua make the same decisions.
 */
final class Micros {

  static final long PER_SECOND = 1_000_000;
  private static final int NANOS = 1_000;

  // About 70,000 years: far enough from the ends of a long that no sum with a window or a pace
  // overflows.
  private static final long FARTHEST_SECOND = Long.MAX_VALUE / 4 / PER_SECOND;

  /**
   * Returns the whole microsecond at or before an instant; saturates 70,000 years before and after
   * 1970.
   */
  static long of(Instant instant) {
    long seconds = instant.getEpochSecond();
    if (seconds >= FARTHEST_SECOND) {
      return FARTHEST_SECOND * PER_SECOND;
    }
    if (seconds < -FARTHEST_SECOND) {
      return -FARTHEST_SECOND * PER_SECOND;
    }
    return seconds * PER_SECOND + instant.getNano() / NANOS;
  }

  /** Returns a duration in microseconds; exact for the durations that {@link RateLimit} accepts. */
  static long of(Duration duration) {
    return duration.getSeconds() * PER_SECOND + duration.getNano() / NANOS;
  }

  static Duration toDuration(long micros) {
    return Duration.ofSeconds(micros / PER_SECOND, micros % PER_SECOND * NANOS);
  }

  static Instant toInstant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * NANOS);
  }

  /** Returns the sum, saturated. */
  static long plus(long micros, long more) {
    long sum = micros + more;
    if (((micros ^ sum) & (more ^ sum)) < 0) {
      return micros < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return sum;
  }

  private Micros() {}
}
