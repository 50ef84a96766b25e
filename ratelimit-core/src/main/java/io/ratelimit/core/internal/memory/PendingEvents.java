package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.WantedTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pending events of an {@code InMemoryEventQueue}, in the order of takes. Guarded by the
 * queue's lock. Every operation is O(log n) for each event that it moves, or O(n) in what it
 * returns.
 */
final class PendingEvents {

  private static final List<Priority> PRIORITIES = List.of(Priority.values());

  private final Map<Priority, SequencedEntries> bySequence = new EnumMap<>(Priority.class);
  private final AsideEvents aside = new AsideEvents();
  private final KeyedEvents keyed;
  // The last turn of events without charges, which take turns with the flows.
  private final Map<Priority, Long> turns = new EnumMap<>(Priority.class);
  private final TypeCounts countByType;
  private final Optional<Duration> aging;

  PendingEvents(Optional<Duration> aging, int countedTypes, KeyedEvents keyed) {
    this.aging = aging;
    this.countByType = new TypeCounts(countedTypes);
    this.keyed = keyed;
    for (Priority priority : Priority.values()) {
      bySequence.put(priority, new SequencedEntries());
      turns.put(priority, 0L);
    }
  }

  void add(Entry entry) {
    if (entry.charges.isEmpty()) {
      of(entry.event.type().priority()).add(entry);
    } else {
      keyed.add(entry);
    }
    countByType.increment(entry.event);
  }

  /** Adds an event that is set aside. */
  void addAside(Entry entry) {
    aside.add(entry);
    countByType.increment(entry.event);
  }

  boolean isAside(Entry entry) {
    return aside.contains(entry);
  }

  /** Returns the last turn of events without charges, by priority. */
  Map<Priority, Long> turns() {
    return turns;
  }

  /** Removes an event that {@link #next} returned. */
  void remove(Entry entry) {
    countByType.decrement(entry.event);
    if (!entry.charges.isEmpty()) {
      keyed.remove(entry);
      return;
    }
    Priority priority = entry.event.type().priority();
    if (!keyed.isEmpty()) {
      turns.put(priority, keyed.nextTurn());
    }
    SequencedEntries ofPriority = of(priority);
    if (ofPriority.first() == entry) {
      ofPriority.removeFirst();
    } else {
      aside.remove(entry);
    }
  }

  /** Removes an event, wherever it is. */
  void withdraw(Entry entry) {
    countByType.decrement(entry.event);
    if (!entry.charges.isEmpty()) {
      keyed.withdraw(entry);
    } else if (aside.contains(entry)) {
      aside.remove(entry);
    } else {
      of(entry.event.type().priority()).remove(entry);
    }
  }

  /**
   * Returns the next event to take: one of the first events of each priority with a wanted type.
   * Earlier events that nobody has examined yet are set aside, once per event.
   */
  @Nullable Entry next(Instant now, WantedTypes wanted) {
    if (aging.isEmpty()) {
      return next(wanted);
    }
    Entry next = null;
    long nextRank = Long.MAX_VALUE;
    for (Priority priority : PRIORITIES) {
      Entry first = first(priority, wanted);
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

  /** Returns the next event if no event rises. */
  private @Nullable Entry next(WantedTypes wanted) {
    for (Priority priority : PRIORITIES) {
      Entry first = first(priority, wanted);
      if (first != null) {
        return first;
      }
    }
    return null;
  }

  private @Nullable Entry first(Priority priority, WantedTypes wanted) {
    Entry uncharged = firstUncharged(priority, wanted);
    Flow flow = keyed.isEmpty() ? null : keyed.first(priority, wanted);
    if (flow == null) {
      return uncharged;
    }
    return uncharged != null && requireNonNull(turns.get(priority)) < flow.ticket
        ? uncharged
        : flow.head();
  }

  private @Nullable Entry firstUncharged(Priority priority, WantedTypes wanted) {
    SequencedEntries ofPriority = of(priority);
    Entry first = ofPriority.first();
    while (first != null && !wanted.includes(first.event.type().name())) {
      ofPriority.removeFirst();
      aside.add(first);
      keyed.changes().note(first);
      first = ofPriority.first();
    }
    Entry other = aside.first(priority, wanted);
    return first == null || (other != null && other.sequence < first.sequence) ? other : first;
  }

  private long agedBy(Entry entry, Instant now) {
    return aging
        .map(interval -> Duration.between(entry.publishedAt, now).dividedBy(interval))
        .orElse(0L);
  }

  List<QueuedEvent> page(Priority priority, long afterSequence, int max) {
    return Stream.of(
            of(priority).after(afterSequence, max),
            aside.after(priority, afterSequence, max),
            keyed.after(priority, afterSequence, max))
        .flatMap(List::stream)
        .sorted(Comparator.comparingLong(entry -> entry.sequence))
        .limit(max)
        .map(Entry::queued)
        .toList();
  }

  /** Removes and returns all. */
  List<Entry> drain() {
    List<Entry> all = new ArrayList<>();
    bySequence.values().forEach(events -> all.addAll(events.drain()));
    all.addAll(aside.drain());
    all.addAll(keyed.drain());
    countByType.clear();
    return all;
  }

  Map<Priority, Long> countByPriority() {
    Map<Priority, Long> counts = new EnumMap<>(Priority.class);
    bySequence.forEach(
        (priority, events) ->
            counts.put(
                priority, (long) events.size() + aside.size(priority) + keyed.size(priority)));
    return counts;
  }

  Map<EventType, Long> countByType() {
    return countByType.toMap();
  }

  /**
   * Returns the permits of types with events heavier than 1, counting none as heavier than this.
   */
  Map<EventType, QueueStats.Permits> permitsByType(int heaviest) {
    return countByType.permits(heaviest);
  }

  Map<String, QueueStats.SetAside> setAside(Instant now) {
    return aside.counts(now);
  }

  /** Returns when the oldest event that is not set aside was published. */
  Optional<Instant> oldest() {
    return Stream.concat(
            bySequence.values().stream()
                .map(SequencedEntries::first)
                .filter(Objects::nonNull)
                .map(first -> first.publishedAt),
            keyed.oldest().stream())
        .min(Instant::compareTo);
  }

  private SequencedEntries of(Priority priority) {
    return requireNonNull(bySequence.get(priority));
  }
}
