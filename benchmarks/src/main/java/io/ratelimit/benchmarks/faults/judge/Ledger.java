package io.ratelimit.benchmarks.faults.judge;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The fate of each event, according to the journals.
 *
 * @param published the events that the queue certainly accepted
 * @param unclear the events that it may have accepted
 * @param settled how often the queue accepted that an event was done or given up
 * @param uncertain the events that may be settled: the queue's answer about the end of an attempt
 *     was lost, or the process ended during one
 */
record Ledger(
    Set<String> published,
    Set<String> unclear,
    Map<String, Integer> settled,
    Set<String> uncertain) {

  static Ledger of(List<Journal> journals) {
    Set<String> published = new HashSet<>();
    Set<String> unclear = new HashSet<>();
    Map<String, Integer> settled = new HashMap<>();
    Set<String> uncertain = new HashSet<>();
    for (Journal journal : journals) {
      journal.all(Entry.Published.class).forEach(entry -> published.add(entry.id()));
      journal.all(Entry.Unclear.class).forEach(entry -> unclear.add(entry.id()));
      Set<String> inHand = new HashSet<>();
      for (Entry entry : journal.entries()) {
        if (entry instanceof Entry.Started start) {
          inHand.add(start.id());
        } else if (entry instanceof Entry.Ended end) {
          inHand.remove(end.id());
          if (end.isFinal() && end.counted()) {
            settled.merge(end.id(), 1, Integer::sum);
          } else if (end.isFinal()) {
            uncertain.add(end.id());
          }
        }
      }
      uncertain.addAll(inHand);
    }
    uncertain.removeAll(settled.keySet());
    return new Ledger(published, unclear, settled, uncertain);
  }

  /** Returns how often an event was counted again. */
  int countedAgain() {
    return settled.values().stream().mapToInt(times -> times - 1).sum();
  }

  /** Returns the number of accepted events that certainly never finished. */
  int neverFinished() {
    return (int)
        published.stream()
            .filter(id -> !settled.containsKey(id) && !uncertain.contains(id))
            .count();
  }

  /** Returns how Redis's counters contradict this ledger, in sentences. */
  Stream<String> contradictions(Books books) {
    long finished = books.done() + books.failed() + books.discarded();
    int most = settled.size() + uncertain.size();
    Stream.Builder<String> contradictions = Stream.builder();
    if (books.published() < published.size()) {
      contradictions.add(
          "%d events were accepted, and only %d counted"
              .formatted(published.size(), books.published()));
    }
    if (finished < settled.size() || finished > most) {
      contradictions.add(
          "%d to %d events were finished, and %d counted"
              .formatted(settled.size(), most, finished));
    }
    return contradictions.build();
  }
}
