package io.ratelimit.benchmarks.faults.judge;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Moments as microseconds since 1970 by the machine's clock, which all processes of a run share.
 */
public final class Stamps {

  /** How many there are in a second. */
  public static final long PER_SECOND = 1_000_000;

  /** Returns this moment. */
  public static long now() {
    return of(Instant.now());
  }

  /** Returns another moment. */
  public static long of(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private Stamps() {}
}
