package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Entries that each wait for a time, the earliest first. Guarded by the queue's lock. Every
 * operation is O(log n), unless it says otherwise.
 */
final class DueEntries {

  private final NavigableSet<Entry> entries;

  /**
   * @param name orders and distinguishes entries that fall due at the same time, as in Redis
   */
  DueEntries(Function<Entry, String> name) {
    this.entries =
        new TreeSet<>(Comparator.<Entry, Instant>comparing(Entry::dueAt).thenComparing(name));
  }

  void add(Entry entry, Instant dueAt) {
    entry.setDueAt(dueAt);
    entries.add(entry);
  }

  boolean contains(Entry entry) {
    return entries.contains(entry);
  }

  /** Removes an entry, and returns whether it was there. */
  @CanIgnoreReturnValue
  boolean remove(Entry entry) {
    return entries.remove(entry);
  }

  /** Removes due entries, up to {@code max} of them. O(log n) each. */
  List<Entry> pollDue(Instant now, int max) {
    if (entries.isEmpty() || entries.first().dueAt().isAfter(now)) {
      return List.of();
    }
    List<Entry> due = new ArrayList<>();
    while (due.size() < max && !entries.isEmpty() && !entries.first().dueAt().isAfter(now)) {
      due.add(requireNonNull(entries.pollFirst()));
    }
    return due;
  }

  /** Returns when the earliest entry falls due. */
  Optional<Instant> nextDue() {
    return entries.isEmpty() ? Optional.empty() : Optional.of(entries.first().dueAt());
  }

  /** Returns the first entries, in order. O(max). */
  List<Entry> first(int max) {
    return entries.stream().limit(max).toList();
  }

  int size() {
    return entries.size();
  }

  /** Removes and returns all. O(n). */
  List<Entry> drain() {
    List<Entry> all = List.copyOf(entries);
    entries.clear();
    return all;
  }
}
