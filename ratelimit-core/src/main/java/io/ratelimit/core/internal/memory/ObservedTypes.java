package io.ratelimit.core.internal.memory;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.scaling.TypeHistory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What was seen of the attempts at events of each type, by the type's name, since a type that is
 * declared anew takes as long as before. Not thread-safe.
 */
final class ObservedTypes {

  private record Observed(EventType type, TypeHistory history) {}

  private final Map<String, Observed> byName = new HashMap<>();

  /** Counts an attempt, unless there are too many names already. */
  void add(EventType type, Duration time, boolean failed) {
    Observed known = byName.get(type.name());
    if (known != null || byName.size() < EventQueue.MAX_OBSERVED_TYPES) {
      TypeHistory before = known == null ? TypeHistory.NONE : known.history();
      byName.put(type.name(), new Observed(type, before.with(time, failed)));
    }
  }

  Map<EventType, TypeHistory> histories() {
    Map<EventType, TypeHistory> histories = new HashMap<>();
    byName.values().forEach(observed -> histories.put(observed.type(), observed.history()));
    return histories;
  }
}
