package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.LimitKey;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pending events of one priority that named limits charge under the same keys: they are taken
 * in order. Guarded by the queue's lock.
 */
final class Flow extends Kept {

  /** What flows are known by. */
  record Id(Priority priority, List<LimitKey> keys) {}

  /** The order in which flows that compete for the same permit get it. */
  static final Comparator<Flow> BY_TURN =
      Comparator.<Flow>comparingInt(flow -> flow.id.priority().rank())
          .thenComparingLong(flow -> flow.ticket);

  final Id id;
  final SequencedEntries events = new SequencedEntries();

  /** Drawn when it began and at each start: who waits longest for a turn has the lowest. */
  long ticket;

  /** The type of its first event, under which it is listed. */
  String type = "";

  /** Where it stands aside; null: it may be looked at. */
  @Nullable Line line;

  /** The line that let it go, and waits for what becomes of it. */
  @Nullable Line wokenFrom;

  Flow(Id id) {
    this.id = id;
  }

  Entry head() {
    return requireNonNull(events.first());
  }

  boolean precedes(Flow other) {
    return BY_TURN.compare(this, other) < 0;
  }
}
