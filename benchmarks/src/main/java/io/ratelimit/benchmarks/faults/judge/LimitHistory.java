package io.ratelimit.benchmarks.faults.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The limits that may have been in force at any time. A change takes effect between its request and
 * its confirmation; in between, both limits may be in force.
 */
final class LimitHistory {

  private record Stretch(long from, long to, int permits) {}

  private final List<Stretch> stretches = new ArrayList<>();

  /**
   * Reads the changes.
   *
   * @param initial the limit at the beginning
   * @param undone spans in which an earlier limit may return, and stay until the next change
   */
  LimitHistory(int initial, List<Journal> journals, List<Span> undone) {
    List<Entry.LimitAsked> asked =
        journals.stream()
            .flatMap(journal -> journal.all(Entry.LimitAsked.class))
            .sorted(Comparator.comparingLong(Entry.LimitAsked::at))
            .toList();
    List<Entry.LimitChanged> changed =
        journals.stream()
            .flatMap(journal -> journal.all(Entry.LimitChanged.class))
            .sorted(Comparator.comparingLong(Entry.LimitChanged::at))
            .toList();
    add(Long.MIN_VALUE, initial, asked, changed);
    asked.forEach(change -> add(change.at(), change.permits(), asked, changed));
    for (Span span : undone) {
      int highest =
          asked.stream()
              .filter(change -> change.at() <= span.end())
              .mapToInt(Entry.LimitAsked::permits)
              .reduce(initial, Math::max);
      add(span.begin(), highest, asked, changed, span.end());
    }
  }

  private void add(
      long from, int permits, List<Entry.LimitAsked> asked, List<Entry.LimitChanged> changed) {
    add(from, permits, asked, changed, from);
  }

  /** Adds a limit that holds until the first change requested after {@code after} is confirmed. */
  private void add(
      long from,
      int permits,
      List<Entry.LimitAsked> asked,
      List<Entry.LimitChanged> changed,
      long after) {
    long next =
        asked.stream().mapToLong(Entry::at).filter(at -> at > after).min().orElse(Long.MAX_VALUE);
    long to =
        changed.stream().mapToLong(Entry::at).filter(at -> at >= next).min().orElse(Long.MAX_VALUE);
    stretches.add(new Stretch(from, to, permits));
  }

  /** Returns the highest limit that may have been in force between two moments. */
  int highest(long from, long to) {
    return stretches.stream()
        .filter(stretch -> stretch.from <= to && stretch.to >= from)
        .mapToInt(Stretch::permits)
        .max()
        .orElseThrow();
  }
}
