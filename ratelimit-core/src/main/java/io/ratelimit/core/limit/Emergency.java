package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A raised limit with an end: it lapses by itself unless it is declared again, so that whoever
 * raised it and crashed leaves no raised limit behind.
 *
 * @param limit the raised limit
 * @param until when it lapses; that instant is not part of it
 */
public record Emergency(RateLimit limit, Instant until) {

  /** Creates an emergency. */
  public Emergency {
    requireNonNull(limit, "limit");
    requireNonNull(until, "until");
  }
}
