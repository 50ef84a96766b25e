package io.ratelimit.core.internal.memory;

import java.time.Instant;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The flows that stand aside because a key of a limit is closed, and whose first events have one
 * type. It opens for its first flow alone; afterwards, the next one is examined. Guarded by the
 * queue's lock.
 */
final class Line {

  static final Comparator<Line> BY_OPENING =
      Comparator.<Line, Instant>comparing(line -> line.opensAt)
          .thenComparingLong(line -> line.number);

  /**
   * The identity of a line of a key.
   *
   * @param events the events of its queue, since several queues may share the key
   * @param type the type of the first events of its flows
   */
  record Id(KeyedEvents events, String type) {}

  final KeyedLimits.Counted key;
  final Id id;
  final long number;
  final TreeSet<Flow> flows = new TreeSet<>(Flow.BY_TURN);

  /** While closed, when it opens for its first flow. */
  Instant opensAt = Instant.MAX;

  boolean isClosed;

  /** While open, the flow that it released. */
  @Nullable Flow woken;

  Line(KeyedLimits.Counted key, Id id, long number) {
    this.key = key;
    this.id = id;
    this.number = number;
  }
}
