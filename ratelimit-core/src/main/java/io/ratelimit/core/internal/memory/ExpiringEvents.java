package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The waiting events with an expiry, the earliest first; others are ignored. Guarded by the queue's
 * lock. Every operation is O(log n).
 */
final class ExpiringEvents {

  private final NavigableSet<Entry> entries =
      new TreeSet<>(
          Comparator.<Entry, Instant>comparing(e -> requireNonNull(e.expiresAt()))
              .thenComparing(e -> e.event.id()));

  void add(Entry entry) {
    if (entry.expiresAt() != null) {
      entries.add(entry);
    }
  }

  void remove(Entry entry) {
    if (entry.expiresAt() != null) {
      entries.remove(entry);
    }
  }

  /** Removes expired events. */
  List<Entry> pollExpired(Instant now) {
    if (entries.isEmpty()) {
      return List.of();
    }
    List<Entry> expired = new ArrayList<>();
    while (!entries.isEmpty() && !requireNonNull(entries.first().expiresAt()).isAfter(now)) {
      expired.add(requireNonNull(entries.pollFirst()));
    }
    return expired;
  }
}
