package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * Starts that a limit assumes because the past is unknown: they may or may not have been made.
 *
 * @param until the end of the unknown past
 * @param inWindow their weight in the window of the limit in force, at least 1
 */
public record AssumedStarts(Instant until, long inWindow) {

  /** Checks that nothing is missing. */
  public AssumedStarts {
    requireNonNull(until, "until");
  }
}
