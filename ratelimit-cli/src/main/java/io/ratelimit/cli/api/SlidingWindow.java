package io.ratelimit.cli.api;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** Lets so many arrivals into any window, exactly; the others do not count. Thread-safe. */
final class SlidingWindow {

  /**
   * Whether one was let in, and what is left then.
   *
   * @param letIn whether it was
   * @param remaining how many more would be let in now
   * @param untilNext how long until one more than that is
   */
  record Entry(boolean letIn, int remaining, Duration untilNext) {}

  private final Deque<Instant> entered = new ArrayDeque<>();
  private int most;

  /** Counts an arrival; the time is read when its turn has come, so that it never goes back. */
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

  /** Returns the most that were ever in one window. */
  synchronized int most() {
    return most;
  }
}
