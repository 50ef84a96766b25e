package io.ratelimit.core.internal.memory;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.queue.FailedEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The failed events of an {@code InMemoryEventQueue}, by sequence. Guarded by the queue's lock.
 * Every operation is O(log n), or O(n) in what it returns.
 */
final class FailedEvents {

  /** An event with the reason and the time of its failure. */
  record Failure(Entry entry, String reason, Instant at) {

    FailedEvent toEvent() {
      return new FailedEvent(
          entry.sequence,
          entry.event,
          entry.attempts,
          reason,
          at,
          entry.publishedAt,
          entry.history());
    }
  }

  private static final Comparator<Failure> BY_TIME =
      Comparator.comparing(Failure::at).thenComparingLong(failure -> failure.entry.sequence);

  private final NavigableMap<Long, Failure> bySequence = new TreeMap<>();
  private final NavigableSet<Failure> byTime = new TreeSet<>(BY_TIME);

  void add(Entry entry, String reason, Instant now) {
    Failure failure = new Failure(entry, reason, now);
    bySequence.put(entry.sequence, failure);
    byTime.add(failure);
  }

  @Nullable Entry find(long sequence) {
    Failure failure = bySequence.get(sequence);
    return failure == null ? null : failure.entry;
  }

  /** Removes a failure, and returns whether it was there. */
  @CanIgnoreReturnValue
  boolean remove(long sequence) {
    Failure removed = bySequence.remove(sequence);
    return removed != null && byTime.remove(removed);
  }

  List<Failure> page(long afterSequence, int max) {
    return bySequence.tailMap(afterSequence, false).values().stream().limit(max).toList();
  }

  /** Returns the latest failures, the latest first. */
  List<Failure> latest(int max) {
    return byTime.descendingSet().stream().limit(max).toList();
  }

  Collection<Failure> all() {
    return bySequence.values();
  }

  @Nullable Failure failure(Entry entry) {
    Failure failure = bySequence.get(entry.sequence);
    return failure != null && failure.entry == entry ? failure : null;
  }

  int size() {
    return bySequence.size();
  }

  /** Removes all failures, and returns their number. */
  int clear() {
    int cleared = bySequence.size();
    bySequence.clear();
    byTime.clear();
    return cleared;
  }
}
