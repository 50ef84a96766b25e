package io.ratelimit.temporal.internal.queue;

import io.ratelimit.temporal.manager.ManagerOptions;
import java.time.Duration;

/**
 * Chooses how many events an activity handles unless configured: enough to last about ten seconds.
 * An event that takes longer, or waits longer for the limit, gets its own activity, while fast
 * events leave little history.
 */
final class Share {

  /** Two heartbeats, so that activities add little to the cost and the history. */
  static final Duration SENSIBLE = Duration.ofSeconds(10);

  /**
   * Each lane gets at least this many activities, so that none has much left when others are done.
   */
  private static final int SHARES_A_LANE = 2;

  /**
   * Chooses the number of events.
   *
   * @param perEvent the time from one start in a lane to the next
   * @param work the events that wait, or will within {@link #SENSIBLE}
   * @param lanes the number of lanes, at least 1
   */
  static int of(Duration perEvent, long work, int lanes) {
    long sensible = SENSIBLE.toNanos() / Math.max(1, perEvent.toNanos());
    long fair = work / ((long) SHARES_A_LANE * lanes) + 1;
    return (int) Math.max(1, Math.min(Math.min(sensible, fair), ManagerOptions.MOST_EVENTS));
  }

  private Share() {}
}
