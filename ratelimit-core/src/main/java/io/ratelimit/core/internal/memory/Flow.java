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

  /** The key of flows. */
  record Id(Priority priority, List<LimitKey> keys) {}

  /** The order of flows that compete for a permit. */
  static final Comparator<Flow> BY_TURN =
      Comparator.<Flow>comparingInt(flow -> flow.id.priority().rank())
          .thenComparingLong(flow -> flow.ticket);

  final Id id;
  final SequencedEntries events = new SequencedEntries();

  /** Drawn at its beginning and at each start: the flow that has waited longest has the lowest. */
  long ticket;

  /** The type of its first event, under which it is listed. */
  String type = "";

  /** The line in which it stands aside; null if it may be examined. */
  @Nullable Line line;

  /** The line that released it, and waits for the result. */
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
