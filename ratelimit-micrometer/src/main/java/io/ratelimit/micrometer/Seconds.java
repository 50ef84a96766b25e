package io.ratelimit.micrometer;

import java.time.Duration;

/** Converts durations to the seconds that a gauge shows. */
final class Seconds {

  static final String UNIT = "seconds";

  private static final double PER_NANO = 1e-9;

  static double of(Duration duration) {
    return duration.getSeconds() + duration.getNano() * PER_NANO;
  }

  private Seconds() {}
}
