package io.ratelimit.cli.api;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** Admits exactly a number of arrivals into any window; refused ones do not count. Thread-safe. */
final class SlidingWindow {

  /**
   * The answer to an arrival.
   *
   * @param letIn whether it was admitted
   * @param remaining how many more would be admitted now
   * @param untilNext the time until one more than that would be admitted
   */
  record Entry(boolean letIn, int remaining, Duration untilNext) {}

  private final Deque<Instant> entered = new ArrayDeque<>();
  private int most;

  /** Counts an arrival; reads the time under the lock, so that it never goes back. */
  synchronized Entry arrive(int limit, Duration window, Time time) {
    Instant now = time.now();
    while (!entered.isEmpty() && !now.isBefore(entered.getFirst().plus(window))) {
      entered.removeFirst();
    }
    boolean letIn = entered.size() < limit;
    if (letIn) {
      entered.addLast(now);
      most = Math.max(most, entered.size());
    }
    int remaining = Math.max(0, limit - entered.size());
    Duration untilNext =
        entered.isEmpty() ? Duration.ZERO : Duration.between(now, entered.getFirst().plus(window));
    return new Entry(letIn, remaining, untilNext);
  }

  /** Returns the largest number ever in one window. */
  synchronized int most() {
    return most;
  }
}
