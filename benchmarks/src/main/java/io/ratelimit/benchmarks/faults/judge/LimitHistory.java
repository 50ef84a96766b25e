package io.ratelimit.benchmarks.faults.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which limits can have been in force when. A change holds from somewhere between the moment when
 * it was asked for and the moment when it was known to be made; until then both can be in force.
 */
final class LimitHistory {

  private record Stretch(long from, long to, int permits) {}

  private final List<Stretch> stretches = new ArrayList<>();

  /**
   * Reads the changes.
   *
   * @param initial the limit at the beginning
   * @param undone if not empty, an earlier limit may come back within this span, and stay until the
   *     next change after it
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

  /** Until the first change that was asked for after {@code after} is known to be made. */
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

  /** Returns the highest limit that can have been in force at some moment between two. */
  int highest(long from, long to) {
    return stretches.stream()
        .filter(stretch -> stretch.from <= to && stretch.to >= from)
        .mapToInt(Stretch::permits)
        .max()
        .orElseThrow();
  }
}
