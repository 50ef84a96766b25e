package io.ratelimit.core.history;

import io.ratelimit.core.internal.history.Pages;
import java.time.Instant;

/**
 * Keeps the records of rounds.
 *
 * <p>Every implementation is bounded in bytes, forgets the oldest rounds first, and keeps one
 * record per id: appending an id again replaces its record. Thread-safe, and may block.
 *
 * <p>A failing history never fails a round: engines and managers continue without it. If you
 * implement a history, let its tests extend {@code
 * io.ratelimit.testkit.history.RoundHistoryContract}.
 */
public interface RoundHistory {

  /**
   * Keeps a round. After this method returns, reads see the round; after it throws, they may or may
   * not.
   *
   * @throws HistoryException if it cannot be kept
   */
  void append(RoundRecord round);

  /**
   * Returns a page of rounds, newest first. Reading changes nothing; a history that was never
   * written to is empty. Following {@link HistoryPage#next()} returns every round that was kept
   * when the first page was read, unless it has been forgotten since.
   *
   * @throws HistoryException if it cannot be read
   */
  HistoryPage read(HistoryQuery query);

  /**
   * Returns the rounds that ended at a moment or later, newest first, up to a maximum, as one page.
   * Reads as many pages as needed.
   *
   * @param max the most rounds, at least 1
   * @throws HistoryException if they cannot be read
   * @throws IllegalArgumentException if the number is less than 1
   */
  default HistoryPage since(Instant moment, int max) {
    return Pages.all(this, moment, max);
  }
}
