package io.ratelimit.redis;

import java.util.List;

/**
 * Queues that were found in a Redis.
 *
 * @param names their names in alphabetical order; unmodifiable
 * @param complete whether these are all: the search ends after a number of names or keys
 */
public record FoundQueues(List<String> names, boolean complete) {

  /** Copies the names. */
  public FoundQueues {
    names = List.copyOf(names);
  }
}
