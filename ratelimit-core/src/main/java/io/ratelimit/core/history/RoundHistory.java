package io.ratelimit.core.history;

import io.ratelimit.core.internal.history.Pages;
import java.time.Instant;

/**
 * Keeps what rounds were.
 *
 * <p>Every implementation is bounded in bytes, forgets the oldest rounds first, and keeps one
 * record of an id: appending an id again replaces the record. Thread-safe, and may block.
 *
 * <p>Whoever runs rounds goes on when a history fails: no round fails with it. A host that
 * implements one lets its tests inherit {@code io.ratelimit.testkit.history.RoundHistoryContract}.
 */
public interface RoundHistory {

  /**
   * Keeps a round. When it returns, later reads see it; when it throws, that is not known.
   *
   * @throws HistoryException if it cannot be kept
   */
  void append(RoundRecord round);

  /**
   * Returns a page of rounds, newest first. Reading changes nothing; a history that was never
   * written to is empty. Following {@link HistoryPage#next()} leads past every round that was kept
   * when the first page was read, unless it was forgotten meanwhile.
   *
   * @throws HistoryException if it cannot be read
   */
  HistoryPage read(HistoryQuery query);

  /**
   * Returns all rounds that ended since a moment, newest first, at most so many, as one page. Reads
   * as many pages as that takes.
   *
   * @param max at least 1
   * @throws HistoryException if they cannot be read
   * @throws IllegalArgumentException if the number is less than 1
   */
  default HistoryPage since(Instant moment, int max) {
    return Pages.all(this, moment, max);
  }
}
