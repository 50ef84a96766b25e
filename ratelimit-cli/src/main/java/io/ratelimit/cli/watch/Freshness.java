package io.ratelimit.cli.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The age of a picture of a queue.
 *
 * @param readAt when the queue was last read; empty if never
 * @param age the time since then, or how long the queue could not be read
 * @param error why the latest reading failed, if it did
 * @param tolerance how old a picture may be and still count as current
 */
record Freshness(
    Optional<Instant> readAt, Duration age, Optional<String> error, Duration tolerance) {

  /** Returns whether the picture is current. */
  boolean isLive() {
    return readAt.isPresent() && error.isEmpty() && age.compareTo(tolerance) <= 0;
  }

  static Duration tolerance(Duration shortest, Duration other) {
    return shortest.compareTo(other) < 0 ? other : shortest;
  }
}
