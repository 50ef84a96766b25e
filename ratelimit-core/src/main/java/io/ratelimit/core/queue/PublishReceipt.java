package io.ratelimit.core.queue;

import java.util.List;

/**
 * What became of published events: all that were given are either accepted or duplicates.
 *
 * @param accepted how many now wait in the queue
 * @param duplicateIds the ids, in the order given, of those that changed nothing because an event
 *     of that id is still unfinished, or was done lately, see {@link
 *     PublishTerms#withDedupAfterDone}; unmodifiable
 */
public record PublishReceipt(int accepted, List<String> duplicateIds) {

  /** Copies the ids. */
  public PublishReceipt {
    duplicateIds = List.copyOf(duplicateIds);
  }
}
