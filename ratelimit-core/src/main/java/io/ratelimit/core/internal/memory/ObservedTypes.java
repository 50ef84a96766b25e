package io.ratelimit.core.internal.memory;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.scaling.TypeHistory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The history of attempts by the type's name, since a type that is declared differently still takes
 * as long. Not thread-safe.
 */
final class ObservedTypes {

  /** The history of a type. */
  static final class Observed extends Kept {
    final EventType type;
    TypeHistory history;

    private Observed(EventType type, TypeHistory history) {
      this.type = type;
      this.history = history;
    }
  }

  private final Changes changes;
  private final Map<String, Observed> byName = new HashMap<>();

  ObservedTypes(Changes changes) {
    this.changes = changes;
  }

  /** Counts an attempt, unless there are too many names. */
  void add(EventType type, Duration time, boolean failed) {
    Observed known = byName.get(type.name());
    if (known != null || byName.size() < EventQueue.MAX_OBSERVED_TYPES) {
      TypeHistory before = known == null ? TypeHistory.NONE : known.history;
      put(type, before.with(time, failed));
    }
  }

  /** Sets the history of a type. */
  @CanIgnoreReturnValue
  Observed put(EventType type, TypeHistory history) {
    Observed known = byName.get(type.name());
    Observed next = known;
    if (next == null || !next.type.equals(type)) {
      next = new Observed(type, history);
      next.record = known == null ? 0 : known.record;
      byName.put(type.name(), next);
    }
    next.history = history;
    changes.note(next);
    return next;
  }

  Map<EventType, TypeHistory> histories() {
    Map<EventType, TypeHistory> histories = new HashMap<>();
    byName.values().forEach(observed -> histories.put(observed.type, observed.history));
    return histories;
  }
}
