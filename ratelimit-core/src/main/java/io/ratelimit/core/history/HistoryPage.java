package io.ratelimit.core.history;

import java.util.List;
import java.util.Optional;

/**
 * Some of the rounds that a history has kept.
 *
 * @param rounds newest first, no two of one id; unmodifiable
 * @param next asks for those before them; empty: there are none
 * @param unreadable how many records were left out because they cannot be read: damaged, cut off
 *     while they were written, or written by a later version
 */
public record HistoryPage(List<RoundRecord> rounds, Optional<HistoryQuery> next, long unreadable) {

  /** Nothing is kept. */
  public static final HistoryPage EMPTY = new HistoryPage(List.of(), Optional.empty(), 0);

  /** Copies the list. */
  public HistoryPage {
    rounds = List.copyOf(rounds);
  }
}
