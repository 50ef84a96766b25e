package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.RateLimit;
import java.util.Optional;

/**
 * Which limits a round may use.
 *
 * @param normal the limit without an emergency
 * @param emergency the most that it may be raised to; empty: it is never raised
 */
public record LimitRange(RateLimit normal, Optional<RateLimit> emergency) {

  /**
   * Creates a range.
   *
   * @throws IllegalArgumentException if the emergency limit is slower than the normal one, or has
   *     no room for an event that the normal one has room for
   */
  public LimitRange {
    requireNonNull(normal, "normal");
    requireNonNull(emergency, "emergency");
    if (emergency.isPresent()) {
      RateLimit most = emergency.get();
      if (normal.isFasterThan(most)) {
        throw new IllegalArgumentException(
            "emergency limit must be at least as fast as the limit, "
                + normal
                + ", but is "
                + most);
      }
      if (most.permits() < normal.permits()) {
        throw new IllegalArgumentException(
            "emergency limit must have room for an event of weight "
                + normal.permits()
                + ", as the limit "
                + normal
                + " has, but "
                + most
                + " has room for "
                + most.permits()
                + "; say it for a longer period");
      }
    }
  }

  /** The fastest limit of this range. */
  public RateLimit fastest() {
    return emergency.orElse(normal);
  }
}
