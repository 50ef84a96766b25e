package io.ratelimit.core.limit;

import java.time.Instant;
import java.util.Optional;

/**
 * A time in which nothing starts.
 *
 * @param until when it ends by itself; empty if somebody must resume
 */
public record Pause(Optional<Instant> until) {

  /** Returns a pause that lasts until somebody resumes. */
  public static Pause untilResumed() {
    return new Pause(Optional.empty());
  }

  /** Returns a pause that ends by itself. */
  public static Pause until(Instant end) {
    return new Pause(Optional.of(end));
  }

  /** Returns whether the pause still holds at a time; its end is not part of it. */
  public boolean holdsAt(Instant now) {
    return until.isEmpty() || now.isBefore(until.get());
  }

  /** Returns the longer of two pauses. */
  Pause longer(Pause other) {
    if (until.isEmpty() || other.until.isEmpty()) {
      return untilResumed();
    }
    return until.get().isBefore(other.until.get()) ? other : this;
  }
}
