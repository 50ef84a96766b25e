package io.ratelimit.benchmarks.faults.judge;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Timestamps in microseconds since 1970 by the machine's clock, which all processes of a run share.
 */
public final class Stamps {

  /** Microseconds per second. */
  public static final long PER_SECOND = 1_000_000;

  /** Returns the current time. */
  public static long now() {
    return of(Instant.now());
  }

  /** Converts an instant. */
  public static long of(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private Stamps() {}
}
