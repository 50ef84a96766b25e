package io.ratelimit.redis.internal.wire;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.time.Instant;

/**
 * Converts times to their form in Redis: whole microseconds, small enough to be exact in a Lua
 * number.
 */
public final class Micros {

  private static final long PER_SECOND = 1_000_000;
  private static final long NANOS = 1_000;

  public static long floor(Instant instant) {
    return instant.getEpochSecond() * PER_SECOND + instant.getNano() / NANOS;
  }

  /**
   * Rounds up, so that nothing ends early. Caps at a hundred years: added to any time of this
   * century, that stays below 2^53.
   */
  public static long ceiling(Duration longOrShort) {
    Duration duration = Requirements.capped(longOrShort);
    return duration.getSeconds() * PER_SECOND + (duration.getNano() + NANOS - 1) / NANOS;
  }

  public static Instant toInstant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * NANOS);
  }

  public static Duration toDuration(long micros) {
    return Duration.ofSeconds(
        Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * NANOS);
  }

  private Micros() {}
}
