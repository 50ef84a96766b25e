package io.ratelimit.core.queue;

import java.util.List;

/**
 * The result of a publication: each event is either accepted or a duplicate.
 *
 * @param accepted how many now wait in the queue
 * @param duplicateIds the ids, in the given order, of events that changed nothing because an event
 *     with that id is unfinished or was done recently, see {@link PublishTerms#withDedupAfterDone};
 *     unmodifiable
 */
public record PublishReceipt(int accepted, List<String> duplicateIds) {

  /** Copies the ids. */
  public PublishReceipt {
    duplicateIds = List.copyOf(duplicateIds);
  }
}
