package io.ratelimit.micrometer;

import java.time.Duration;

/** Durations as a gauge shows them. */
final class Seconds {

  static final String UNIT = "seconds";

  private static final double PER_NANO = 1e-9;

  static double of(Duration duration) {
    return duration.getSeconds() + duration.getNano() * PER_NANO;
  }

  private Seconds() {}
}
