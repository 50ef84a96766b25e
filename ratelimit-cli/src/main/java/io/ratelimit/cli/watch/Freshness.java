package io.ratelimit.cli.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How old a picture of a queue is.
 *
 * @param readAt when the queue was read last; empty: it never was
 * @param age how long ago that is, or for how long nobody could read it
 * @param error why the latest reading failed, if it did
 * @param tolerance how old a picture may be and still count as of now
 */
record Freshness(
    Optional<Instant> readAt, Duration age, Optional<String> error, Duration tolerance) {

  /** Returns whether the picture tells how things are. */
  boolean isLive() {
    return readAt.isPresent() && error.isEmpty() && age.compareTo(tolerance) <= 0;
  }

  static Duration tolerance(Duration shortest, Duration other) {
    return shortest.compareTo(other) < 0 ? other : shortest;
  }
}
