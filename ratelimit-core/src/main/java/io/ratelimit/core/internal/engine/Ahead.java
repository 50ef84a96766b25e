package io.ratelimit.core.internal.engine;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attempts whose events were taken ahead, beyond the free lanes: they wait for a lane, in the
 * order in which their events were taken. Not thread-safe.
 */
final class Ahead {

  /** How many wait at most. If each takes 10 µs, the last one begins after a millisecond. */
  static final int MOST = 100;

  /** Looks come every 2 ms: what was there at so many has met something slow. */
  private static final int LOOKS_UNTIL_OVERDUE = 5;

  private final Deque<Attempt> waiting = new ArrayDeque<>();
  // How many were added before each of the last looks, the latest last.
  private final Deque<Long> addedAtLooks = new ArrayDeque<>();
  private long added;

  /** Returns how many wait. */
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

  /** Removes the first one; null: none waits. */
  @Nullable Attempt poll() {
    return waiting.pollFirst();
  }

  /** Is called every 2 ms; removes all if the first one has waited for too long. */
  List<Attempt> look() {
    addedAtLooks.addLast(added);
    if (addedAtLooks.size() < LOOKS_UNTIL_OVERDUE) {
      return List.of();
    }
    long before = addedAtLooks.removeFirst();
    return added - waiting.size() < before ? clear() : List.of();
  }

  /** Removes all. */
  List<Attempt> clear() {
    List<Attempt> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }
}
