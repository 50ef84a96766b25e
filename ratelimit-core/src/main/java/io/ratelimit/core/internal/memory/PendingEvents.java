package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueuedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pending events of an {@code InMemoryEventQueue} in the order in which they are taken. Guarded
 * by the queue's lock. Every operation is O(log n), or O(n) in what it returns.
 */
final class PendingEvents {

  private final Map<Priority, SequencedEntries> bySequence = new EnumMap<>(Priority.class);
  private final TypeCounts countByType = new TypeCounts();
  private final Optional<Duration> aging;

  PendingEvents(Optional<Duration> aging) {
    this.aging = aging;
    for (Priority priority : Priority.values()) {
      bySequence.put(priority, new SequencedEntries());
    }
  }

  void add(Entry entry) {
    of(entry.event.type().priority()).add(entry);
    countByType.increment(entry.event);
  }

  /** Removes an event that {@link #next} returned. */
  void remove(Entry entry) {
    of(entry.event.type().priority()).removeFirst();
    countByType.decrement(entry.event);
  }

  /** The event to take next: only the first of each priority can be it. */
  @Nullable Entry next(Instant now) {
    Entry next = null;
    long nextRank = Long.MAX_VALUE;
    for (Priority priority : Priority.values()) {
      Entry first = of(priority).first();
      if (first != null) {
        long rank = priority.rank() - agedBy(first, now);
        if (rank < nextRank) {
          next = first;
          nextRank = rank;
        }
      }
    }
    return next;
  }

  private long agedBy(Entry entry, Instant now) {
    return aging
        .map(interval -> Duration.between(entry.publishedAt, now).dividedBy(interval))
        .orElse(0L);
  }

  List<QueuedEvent> page(Priority priority, long afterSequence, int max) {
    return of(priority).after(afterSequence, max).stream().map(Entry::queued).toList();
  }

  /** Removes and returns all. */
  List<Entry> drain() {
    List<Entry> all = new ArrayList<>();
    bySequence.values().forEach(events -> all.addAll(events.drain()));
    countByType.clear();
    return all;
  }

  Map<Priority, Long> countByPriority() {
    Map<Priority, Long> counts = new EnumMap<>(Priority.class);
    bySequence.forEach((priority, events) -> counts.put(priority, (long) events.size()));
    return counts;
  }

  Map<EventType, Long> countByType() {
    return countByType.toMap();
  }

  /** What those types cost of which some events weigh more than 1. */
  Map<EventType, QueueStats.Permits> permitsByType() {
    return countByType.permits();
  }

  Optional<Instant> oldest() {
    return bySequence.values().stream()
        .map(SequencedEntries::first)
        .filter(Objects::nonNull)
        .map(first -> first.publishedAt)
        .min(Instant::compareTo);
  }

  private SequencedEntries of(Priority priority) {
    return requireNonNull(bySequence.get(priority));
  }
}
