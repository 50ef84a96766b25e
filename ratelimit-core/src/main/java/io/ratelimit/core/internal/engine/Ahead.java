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
  private int looks;

  /** Returns how many more may wait, if so many are allowed. */
  int room(int allowed) {
    return Math.max(0, Math.min(allowed, MOST - waiting.size()));
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  void add(Collection<Attempt> attempts) {
    if (waiting.isEmpty()) {
      looks = 0;
    }
    waiting.addAll(attempts);
  }

  /** Removes the first one; null: none waits. */
  @Nullable Attempt poll() {
    return waiting.pollFirst();
  }

  /** Is called every 2 ms; removes all if they have waited for too long. */
  List<Attempt> look() {
    looks++;
    return waiting.isEmpty() || looks < LOOKS_UNTIL_OVERDUE ? List.of() : clear();
  }

  /** Removes all. */
  List<Attempt> clear() {
    List<Attempt> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }
}
