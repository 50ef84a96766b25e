package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Searches the failed queue page by page, up to a given number of events. A queue has no index of
 * reasons or wallets.
 *
 * @param failed the failed queue
 * @param filter selects events
 */
public record FailedSearch(FailedQueue failed, FailedFilter filter) {

  /** Small, because events come with their payloads, which may have up to a megabyte each. */
  private static final int PAGE = 100;

  /**
   * The result of a search.
   *
   * @param matching the number of events that match
   * @param lookedAt the number of events that were examined
   * @param next where to continue, if there may be more: the sequence of the last event examined
   */
  public record Looked(long matching, long lookedAt, OptionalLong next) {}

  /**
   * Passes on events that match, in the order of their sequence.
   *
   * @param after examines only events after this sequence
   * @param max the most events to pass on
   * @param most the most events to examine
   */
  public Looked forEach(long after, long max, long most, Consumer<FailedEvent> action) {
    long matching = 0;
    long lookedAt = 0;
    long last = after;
    while (matching < max && lookedAt < most) {
      List<FailedEvent> page = failed.page(last, (int) Math.min(PAGE, most - lookedAt));
      if (page.isEmpty()) {
        return new Looked(matching, lookedAt, OptionalLong.empty());
      }
      for (FailedEvent event : page) {
        if (matching < max) {
          last = event.sequence();
          lookedAt++;
          if (filter.matches(event)) {
            matching++;
            action.accept(event);
          }
        }
      }
    }
    boolean isEnd = failed.page(last, 1).isEmpty();
    return new Looked(matching, lookedAt, isEnd ? OptionalLong.empty() : OptionalLong.of(last));
  }

  /**
   * Passes on all events that match.
   *
   * @param upTo the last sequence to examine: if later events kept failing, the search would never
   *     end
   */
  public Looked forEach(long upTo, Consumer<FailedEvent> action) {
    long matching = 0;
    long lookedAt = 0;
    long last = 0;
    while (true) {
      List<FailedEvent> page = failed.page(last, PAGE);
      for (FailedEvent event : page) {
        last = event.sequence();
        if (last <= upTo) {
          lookedAt++;
          if (filter.matches(event)) {
            matching++;
            action.accept(event);
          }
        }
      }
      if (page.isEmpty() || last >= upTo) {
        return new Looked(matching, lookedAt, OptionalLong.empty());
      }
    }
  }
}
