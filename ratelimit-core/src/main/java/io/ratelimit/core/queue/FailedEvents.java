package io.ratelimit.core.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events that an {@link InMemoryEventQueue} has given up, in the order of their sequence.
 * Guarded by the queue's lock. Every operation is O(log n), or O(n) in what it returns.
 */
final class FailedEvents {

  /** An event, and why and when it was given up. */
  record Failure(Entry entry, String reason, Instant at) {

    FailedEvent toEvent() {
      return new FailedEvent(entry.sequence, entry.event, entry.attempts, reason, at);
    }
  }

  private final NavigableMap<Long, Failure> bySequence = new TreeMap<>();

  void add(Entry entry, String reason, Instant now) {
    bySequence.put(entry.sequence, new Failure(entry, reason, now));
  }

  @Nullable Entry find(long sequence) {
    Failure failure = bySequence.get(sequence);
    return failure == null ? null : failure.entry;
  }

  /** Removes one, and says whether there was one. */
  @CanIgnoreReturnValue
  boolean remove(long sequence) {
    return bySequence.remove(sequence) != null;
  }

  List<Failure> page(long afterSequence, int max) {
    return bySequence.tailMap(afterSequence, false).values().stream().limit(max).toList();
  }

  int size() {
    return bySequence.size();
  }

  /** Removes all, and says how many there were. */
  int clear() {
    int cleared = bySequence.size();
    bySequence.clear();
    return cleared;
  }
}
