package io.ratelimit.core.internal.report;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/**
 * Counts recorded starts independently of the limiter that granted them: it checks a limit, and
 * does not enforce it.
 */
public final class StartCount {

  /**
   * A start.
   *
   * @param at when
   * @param weight its permits
   */
  public record Start(Instant at, int weight) {}

  /**
   * Returns the largest weight of the starts in any half-open interval of a length; 0 if nothing
   * started.
   *
   * @param starts the starts, in order; takes O(their number)
   * @param window the length: more than zero
   * @throws IllegalArgumentException if the window is not more than zero
   */
  public static long largestInAny(Duration window, Collection<Start> starts) {
    Requirements.positive("window", window);
    Deque<Start> inWindow = new ArrayDeque<>();
    long weight = 0;
    long largest = 0;
    for (Start start : starts) {
      inWindow.addLast(start);
      weight += start.weight();
      // A window that begins at the oldest start ends just before that start + window.
      while (!inWindow.getFirst().at().plus(window).isAfter(start.at())) {
        weight -= inWindow.removeFirst().weight();
      }
      largest = Math.max(largest, weight);
    }
    return largest;
  }

  private StartCount() {}
}
