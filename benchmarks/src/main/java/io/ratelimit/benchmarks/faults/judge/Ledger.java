package io.ratelimit.benchmarks.faults.judge;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What became of each event, by what the processes wrote down.
 *
 * @param published accepted by the queue for certain
 * @param settled done or given up, and accepted by the queue as such: how often
 * @param unsettled done or given up, but the queue did not say that it accepted that
 */
record Ledger(Set<String> published, Map<String, Integer> settled, Set<String> unsettled) {

  static Ledger of(List<Journal> journals) {
    Set<String> published = new HashSet<>();
    Map<String, Integer> settled = new HashMap<>();
    Set<String> unsettled = new HashSet<>();
    for (Journal journal : journals) {
      journal.all(Entry.Published.class).forEach(entry -> published.add(entry.id()));
      journal
          .all(Entry.Ended.class)
          .filter(entry -> entry.outcome().equals("done") || entry.outcome().equals("failed"))
          .forEach(
              entry -> {
                if (entry.counted()) {
                  settled.merge(entry.id(), 1, Integer::sum);
                } else {
                  unsettled.add(entry.id());
                }
              });
    }
    return new Ledger(published, settled, unsettled);
  }

  /** Returns how many times an event was counted that had been counted already. */
  int countedAgain() {
    return settled.values().stream().mapToInt(times -> times - 1).sum();
  }

  /** Returns how many accepted events nobody ever finished. */
  int neverFinished() {
    return (int)
        published.stream()
            .filter(id -> !settled.containsKey(id) && !unsettled.contains(id))
            .count();
  }
}
