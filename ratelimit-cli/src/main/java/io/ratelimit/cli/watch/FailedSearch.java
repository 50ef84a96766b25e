package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Looks through the failed queue a page at a time, for as long as it is told to: a queue has no
 * index of reasons or wallets.
 *
 * @param failed the failed queue
 * @param filter which events are meant
 */
public record FailedSearch(FailedQueue failed, FailedFilter filter) {

  /** Payloads come with the events, and are up to a megabyte large. */
  private static final int PAGE = 100;

  /**
   * What was looked at.
   *
   * @param matching how many match
   * @param lookedAt among how many
   * @param next where to go on, if there may be more: the sequence of the last one looked at
   */
  public record Looked(long matching, long lookedAt, OptionalLong next) {}

  /**
   * Hands on events that match, in the order of their sequence.
   *
   * @param after looks only at those after this sequence
   * @param max how many are wanted
   * @param most at how many to look
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
   * Hands on all events that match.
   *
   * @param upTo the last sequence that is looked at: what is published later may fail for ever
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
