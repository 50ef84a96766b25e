package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A part of a queue's state, as a {@link QueueStore} keeps it.
 *
 * @param id identifies the record in its queue: 1 or more
 * @param text what is kept, printable ASCII; empty: the record is removed
 */
public record StoredRecord(long id, Optional<String> text) {

  /** Creates a record. */
  public StoredRecord {
    requireNonNull(text, "text");
  }
}
