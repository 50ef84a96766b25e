package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.QueueStats;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** How many events there are of each type, and what they weigh; a type without any is forgotten. */
final class TypeCounts {

  /** Counts in place: one object a type, however often it changes. */
  private static final class Count {
    long value;
    // How many there are of each weight above 1.
    final TreeMap<Integer, Long> heavier = new TreeMap<>();

    QueueStats.Permits permits() {
      long more = 0;
      for (Map.Entry<Integer, Long> weight : heavier.entrySet()) {
        more += (weight.getKey() - 1L) * weight.getValue();
      }
      return new QueueStats.Permits(value + more, heavier.lastKey());
    }
  }

  private final Map<EventType, Count> counts = new HashMap<>();

  void increment(AuditEvent event) {
    Count count = counts.computeIfAbsent(event.type(), absent -> new Count());
    count.value++;
    if (event.weight() > 1) {
      count.heavier.merge(event.weight(), 1L, Long::sum);
    }
  }

  void decrement(AuditEvent event) {
    Count count = requireNonNull(counts.get(event.type()));
    count.value--;
    if (event.weight() > 1) {
      count.heavier.computeIfPresent(event.weight(), (weight, n) -> n == 1 ? null : n - 1);
    }
    if (count.value == 0) {
      counts.remove(event.type());
    }
  }

  Map<EventType, Long> toMap() {
    Map<EventType, Long> copy = new HashMap<>();
    counts.forEach((type, count) -> copy.put(type, count.value));
    return copy;
  }

  /** What those cost of which some weigh more than 1. */
  Map<EventType, QueueStats.Permits> permits() {
    Map<EventType, QueueStats.Permits> permits = new HashMap<>();
    counts.forEach(
        (type, count) -> {
          if (!count.heavier.isEmpty()) {
            permits.put(type, count.permits());
          }
        });
    return permits;
  }

  void clear() {
    counts.clear();
  }
}
