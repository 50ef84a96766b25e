package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.check.Requirements;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a history page by page. */
public final class Pages {

  /** The most empty pages in a row before a history counts as read to its end. */
  private static final int MOST_EMPTY = 100;

  /** Returns the rounds since a moment as one page, with the query for more. */
  public static HistoryPage all(RoundHistory history, Instant since, int max) {
    Requirements.atLeast("the number of rounds", max, 1);
    List<RoundRecord> rounds = new ArrayList<>();
    long unreadable = 0;
    int empty = 0;
    Optional<HistoryQuery> next = Optional.of(HistoryQuery.newest(1).since(since));
    while (next.isPresent() && rounds.size() < max && empty < MOST_EMPTY) {
      int most = Math.min(max - rounds.size(), HistoryQuery.MOST);
      HistoryPage page =
          history.read(new HistoryQuery(next.get().since(), next.get().before(), most));
      rounds.addAll(page.rounds());
      unreadable += page.unreadable();
      empty = page.rounds().isEmpty() ? empty + 1 : 0;
      next = page.next();
    }
    return new HistoryPage(rounds, next, unreadable);
  }

  private Pages() {}
}
