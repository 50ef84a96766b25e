package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.EventType;
import java.util.HashMap;
import java.util.Map;

/** How many events there are of each type; a type without any is forgotten. */
final class TypeCounts {

  /** Counts in place: one object a type, however often it changes. */
  private static final class Count {
    long value;
  }

  private final Map<EventType, Count> counts = new HashMap<>();

  void increment(EventType type) {
    counts.computeIfAbsent(type, absent -> new Count()).value++;
  }

  void decrement(EventType type) {
    Count count = requireNonNull(counts.get(type));
    count.value--;
    if (count.value == 0) {
      counts.remove(type);
    }
  }

  Map<EventType, Long> toMap() {
    Map<EventType, Long> copy = new HashMap<>();
    counts.forEach((type, count) -> copy.put(type, count.value));
    return copy;
  }

  void clear() {
    counts.clear();
  }
}
