package io.ratelimit.temporal.internal.queue;

import io.ratelimit.temporal.manager.ManagerOptions;
import java.time.Duration;

/**
 * How many events an activity handles where nobody chose a number: so many that it lasts some ten
 * seconds. What takes longer by itself, or waits longer for the limit, has an activity of its own,
 * and what is fast leaves little history all the same.
 */
final class Share {

  /** Two heartbeats, so that these and not the activities make up the history and the cost. */
  static final Duration SENSIBLE = Duration.ofSeconds(10);

  /**
   * Lanes come back for more at least so often, so that none has much left when others are done.
   */
  private static final int SHARES_A_LANE = 2;

  /**
   * Chooses.
   *
   * @param perEvent the time from one start in a lane to the next
   * @param work how many events wait, or will within {@link #SENSIBLE}
   * @param lanes how many lanes there are to be, at least 1
   */
  static int of(Duration perEvent, long work, int lanes) {
    long sensible = SENSIBLE.toNanos() / Math.max(1, perEvent.toNanos());
    long fair = work / ((long) SHARES_A_LANE * lanes) + 1;
    return (int) Math.max(1, Math.min(Math.min(sensible, fair), ManagerOptions.MOST_EVENTS));
  }

  private Share() {}
}
