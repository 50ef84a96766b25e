package io.ratelimit.core.internal.engine;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the attempts whose events were taken ahead, beyond the free lanes. They wait for a lane in
 * the order in which their events were taken. Not thread-safe.
 */
final class Ahead {

  /** The most attempts that wait. If each takes 10 µs, the last one begins after a millisecond. */
  static final int MOST = 100;

  /** An attempt that is still there after this many looks, 2 ms apart, is behind a slow one. */
  private static final int LOOKS_UNTIL_OVERDUE = 5;

  private final Deque<Attempt> waiting = new ArrayDeque<>();
  // The number added before each of the last looks, in order.
  private final Deque<Long> addedAtLooks = new ArrayDeque<>();
  private long added;

  /** Returns how many attempts wait. */
  int size() {
    return waiting.size();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  void add(Collection<Attempt> attempts) {
    waiting.addAll(attempts);
    added += attempts.size();
  }

  /** Removes and returns the first attempt; null if none waits. */
  @Nullable Attempt poll() {
    return waiting.pollFirst();
  }

  /** Removes and returns all attempts if the first one has waited too long. Called every 2 ms. */
  List<Attempt> look() {
    addedAtLooks.addLast(added);
    if (addedAtLooks.size() < LOOKS_UNTIL_OVERDUE) {
      return List.of();
    }
    long before = addedAtLooks.removeFirst();
    return added - waiting.size() < before ? clear() : List.of();
  }

  /** Removes and returns all attempts. */
  List<Attempt> clear() {
    List<Attempt> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }
}
