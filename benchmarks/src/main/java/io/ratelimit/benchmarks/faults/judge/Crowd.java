package io.ratelimit.benchmarks.faults.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts how many attempts of each key were certainly in flight at once. */
final class Crowd {

  private record Attempt(int key, Span span) {}

  private final List<Attempt> attempts = new ArrayList<>();
  private final Bound bound;

  /**
   * Reads journals.
   *
   * @param excused spans; attempts in flight in them do not count
   */
  Crowd(Bound bound, List<Journal> journals, List<Span> excused) {
    this.bound = bound;
    journals.forEach(this::add);
    attempts.removeIf(attempt -> excused.stream().anyMatch(span -> span.overlaps(attempt.span)));
  }

  private void add(Journal journal) {
    Map<String, Entry.Started> inHand = new HashMap<>();
    for (Entry entry : journal.entries()) {
      if (entry instanceof Entry.Started start) {
        inHand.put(start.id(), start);
      } else if (entry instanceof Entry.Handled || entry instanceof Entry.Ended) {
        Entry.Started start =
            inHand.remove(
                entry instanceof Entry.Handled handled ? handled.id() : ((Entry.Ended) entry).id());
        if (start != null) {
          add(start, entry.at());
        }
      }
    }
    inHand.values().forEach(start -> add(start, Long.MAX_VALUE));
  }

  private void add(Entry.Started start, long end) {
    long lapse = start.takenAt() + bound.leaseMicros();
    Span span = new Span(start.takenAt(), Math.min(end, lapse) - Judge.CLOCK_TOLERANCE_MICROS);
    if (span.begin() < span.end()) {
      attempts.add(new Attempt(bound.key(start.id()), span));
    }
  }

  /** Returns, for each key over the bound, the most attempts in flight at once. */
  Map<Integer, Integer> tooMany() {
    Map<Integer, Integer> most = new TreeMap<>();
    record Step(long at, int key, int change) {}
    List<Step> steps = new ArrayList<>();
    for (Attempt attempt : attempts) {
      steps.add(new Step(attempt.span.begin(), attempt.key, 1));
      steps.add(new Step(attempt.span.end(), attempt.key, -1));
    }
    steps.sort(Comparator.comparingLong(Step::at).thenComparingInt(Step::change));
    Map<Integer, Integer> now = new HashMap<>();
    for (Step step : steps) {
      int count = now.merge(step.key, step.change, Integer::sum);
      if (count > bound.most()) {
        most.merge(step.key, count, Math::max);
      }
    }
    return most;
  }
}
