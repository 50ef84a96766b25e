package io.ratelimit.core.internal.time;

import java.time.Duration;
import java.time.Instant;

/** Times that lie ahead, however long the duration that was asked for. */
public final class DueTimes {

  // Far beyond any use, and so short that no sum with a time of this era overflows.
  private static final Duration LONGEST = Duration.ofDays(36_500);

  /** The time after a duration, or after a hundred years if that is sooner. */
  public static Instant after(Instant start, Duration duration) {
    return start.plus(duration.compareTo(LONGEST) > 0 ? LONGEST : duration);
  }

  private DueTimes() {}
}
