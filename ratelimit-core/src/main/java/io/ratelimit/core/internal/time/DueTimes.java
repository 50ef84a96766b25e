package io.ratelimit.core.internal.time;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.time.Instant;

/** Computes future times without overflow. */
public final class DueTimes {

  /** Returns the time after a duration, or after a hundred years if that is sooner. */
  public static Instant after(Instant start, Duration duration) {
    return start.plus(Requirements.capped(duration));
  }

  private DueTimes() {}
}
