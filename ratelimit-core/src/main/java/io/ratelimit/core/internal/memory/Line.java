package io.ratelimit.core.internal.memory;

import java.time.Instant;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The flows whose first events are of one type and that stand aside because one key of a limit is
 * closed. It opens for its first flow alone; whatever becomes of that one, the next is looked at.
 * Guarded by the queue's lock.
 */
final class Line {

  static final Comparator<Line> BY_OPENING =
      Comparator.<Line, Instant>comparing(line -> line.opensAt)
          .thenComparingLong(line -> line.number);

  /**
   * What a line of a key is known by.
   *
   * @param events those of its queue: several queues may share the key
   * @param type the type of the first events of its flows
   */
  record Id(KeyedEvents events, String type) {}

  final KeyedLimits.Counted key;
  final Id id;
  final long number;
  final TreeSet<Flow> flows = new TreeSet<>(Flow.BY_TURN);

  /** While it is closed: when it opens for its first flow. */
  Instant opensAt = Instant.MAX;

  boolean isClosed;

  /** While it is open: the flow that it let go. */
  @Nullable Flow woken;

  Line(KeyedLimits.Counted key, Id id, long number) {
    this.key = key;
    this.id = id;
    this.number = number;
  }
}
