package io.ratelimit.core.queue;

import java.util.List;

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
}
