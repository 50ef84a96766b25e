package io.ratelimit.core.history;

import java.util.List;
import java.util.Optional;

/**
 * A page of the rounds that a history has kept.
 *
 * @param rounds the rounds, newest first, no two with the same id; unmodifiable
 * @param next the query for the rounds before them; empty if there are none
 * @param unreadable how many records were skipped because they cannot be read: damaged, cut off
 *     while being written, or written by a later version
 */
public record HistoryPage(List<RoundRecord> rounds, Optional<HistoryQuery> next, long unreadable) {

  /** The page of an empty history. */
  public static final HistoryPage EMPTY = new HistoryPage(List.of(), Optional.empty(), 0);

  /** Copies the list. */
  public HistoryPage {
    rounds = List.copyOf(rounds);
  }
}
