package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.WantedTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pending events that takers met but did not want, by priority and by type. Guarded by the
 * queue's lock.
 */
final class AsideEvents {

  private final ByPriority all = new ByPriority();
  private final NavigableMap<String, ByPriority> byType = new TreeMap<>();

  /** The events of each priority, by sequence. */
  private static final class ByPriority {
    private final Map<Priority, NavigableMap<Long, Entry>> events = new EnumMap<>(Priority.class);

    ByPriority() {
      for (Priority priority : Priority.values()) {
        events.put(priority, new TreeMap<>());
      }
    }

    NavigableMap<Long, Entry> of(Priority priority) {
      return requireNonNull(events.get(priority));
    }

    void add(Entry entry) {
      of(entry.event.type().priority()).put(entry.sequence, entry);
    }

    void remove(Entry entry) {
      of(entry.event.type().priority()).remove(entry.sequence);
    }

    int size() {
      return events.values().stream().mapToInt(Map::size).sum();
    }

    QueueStats.SetAside counted(Instant now) {
      Instant oldest =
          events.values().stream()
              .filter(some -> !some.isEmpty())
              .map(some -> some.firstEntry().getValue().publishedAt)
              .min(Instant::compareTo)
              .orElseThrow();
      return new QueueStats.SetAside(size(), Duration.between(oldest, now));
    }
  }

  /** O(log n). */
  void add(Entry entry) {
    all.add(entry);
    byType.computeIfAbsent(entry.event.type().name(), absent -> new ByPriority()).add(entry);
  }

  /** O(log n). */
  boolean contains(Entry entry) {
    return all.of(entry.event.type().priority()).get(entry.sequence) == entry;
  }

  /** O(log n). */
  void remove(Entry entry) {
    String name = entry.event.type().name();
    ByPriority ofType = requireNonNull(byType.get(name));
    all.remove(entry);
    ofType.remove(entry);
    if (ofType.size() == 0) {
      byType.remove(name);
    }
  }

  /**
   * Returns the first event of a priority whose type is wanted. O(log n) for each wanted name or
   * each type that is set aside, whichever are fewer.
   */
  @Nullable Entry first(Priority priority, WantedTypes wanted) {
    if (byType.isEmpty()) {
      return null;
    }
    if (wanted.isAll()) {
      return first(all, priority);
    }
    Collection<String> names = wanted.names().orElseThrow();
    Entry first = null;
    for (String name : names.size() < byType.size() ? names : byType.keySet()) {
      ByPriority ofType = wanted.includes(name) ? byType.get(name) : null;
      Entry candidate = ofType == null ? null : first(ofType, priority);
      if (candidate != null && (first == null || candidate.sequence < first.sequence)) {
        first = candidate;
      }
    }
    return first;
  }

  private static @Nullable Entry first(ByPriority events, Priority priority) {
    Map.Entry<Long, Entry> first = events.of(priority).firstEntry();
    return first == null ? null : first.getValue();
  }

  /** Up to {@code max} of a priority behind a sequence, in order. */
  List<Entry> after(Priority priority, long sequence, int max) {
    return all.of(priority).tailMap(sequence, false).values().stream().limit(max).toList();
  }

  int size(Priority priority) {
    return all.of(priority).size();
  }

  /** Removes and returns all. */
  List<Entry> drain() {
    List<Entry> drained = new ArrayList<>();
    for (Priority priority : Priority.values()) {
      drained.addAll(all.of(priority).values());
      all.of(priority).clear();
    }
    byType.clear();
    return drained;
  }

  Map<String, QueueStats.SetAside> counts(Instant now) {
    Map<String, QueueStats.SetAside> counts = new HashMap<>();
    byType.entrySet().stream()
        .limit(EventQueue.MAX_OBSERVED_TYPES)
        .forEach(type -> counts.put(type.getKey(), type.getValue().counted(now)));
    long more = all.size() - counts.values().stream().mapToLong(QueueStats.SetAside::events).sum();
    if (more > 0) {
      Duration oldest = all.counted(now).oldestAge();
      counts.merge(
          EventType.OTHERS.name(),
          new QueueStats.SetAside(more, oldest),
          (named, others) -> new QueueStats.SetAside(named.events() + others.events(), oldest));
    }
    return counts;
  }
}
