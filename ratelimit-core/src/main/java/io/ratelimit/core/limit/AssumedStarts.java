package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * Starts that a limit counts because nobody remembers what was started: nobody has seen them, and
 * nobody can say that they were not made.
 *
 * @param until the end of what is not remembered
 * @param inWindow their weight in the window of the limit in force, at least 1
 */
public record AssumedStarts(Instant until, long inWindow) {

  /** Checks that nothing is missing. */
  public AssumedStarts {
    requireNonNull(until, "until");
  }
}
