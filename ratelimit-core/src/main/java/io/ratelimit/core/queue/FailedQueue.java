package io.ratelimit.core.queue;

import java.util.List;
import java.util.OptionalLong;

/**
 * The events that were given up (the dead letters). Thread-safe. Methods may block on the queue's
 * store.
 */
public interface FailedQueue {

  /**
   * Returns a page of failed events in the order of their sequence.
   *
   * @param afterSequence the last sequence of the page before, or 0 for the first page
   * @param max 1 to {@link EventQueue#MAX_PAGE}
   * @throws IllegalArgumentException if {@code max} is outside its range
   */
  List<FailedEvent> page(long afterSequence, int max);

  /**
   * Returns the events that failed last, latest first; events that failed at the same time are in
   * no particular order.
   *
   * @param max 1 to {@link EventQueue#MAX_PAGE}
   * @throws IllegalArgumentException if {@code max} is outside its range
   */
  List<FailedEvent> latest(int max);

  /**
   * Brings one event back: it takes its old place in the order, with a new count of attempts.
   *
   * @param sequence the failure, as {@link FailedEvent#sequence()} names it
   */
  Redrive redrive(long sequence);

  /**
   * Brings the first events back that can be brought back; events whose id is unfinished stay, and
   * so do unreadable ones.
   *
   * @param max how many are looked at: 1 to {@link EventQueue#MAX_PAGE}
   * @param afterSequence looks only at those after this one, 0 for all
   * @return what was done
   * @throws IllegalArgumentException if {@code max} is outside its range
   */
  RedriveReceipt redriveAll(long afterSequence, int max);

  /**
   * Discards one failed event.
   *
   * @return whether there was one
   */
  boolean purge(long sequence);

  /** The result of a request to bring a failed event back. */
  enum Redrive {
    /** It waits again, with a new count of attempts. */
    REDRIVEN,
    /**
     * It stays failed, because an event of the same id is unfinished, or one of the same key of
     * {@link PublishTerms.Latest}.
     */
    DUPLICATE,
    /** It stays failed, because its stored data cannot be read. */
    UNREADABLE,
    /** The failed queue has no such event. */
    NOT_FOUND
  }

  /**
   * The result of a bounded redrive.
   *
   * @param redriven how many events wait again
   * @param duplicates how many stayed failed because an event of their id is unfinished
   * @param unreadable how many stayed failed because their stored data cannot be read
   * @param next where to continue, if there may be more: the sequence of the last event looked at
   */
  record RedriveReceipt(int redriven, int duplicates, int unreadable, OptionalLong next) {}
}
