package io.ratelimit.core.internal.engine;

import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.LimitLoad;
import java.time.Instant;

/** Recognizes events that wait for a key of a named limit, whatever other limits allow. Pure. */
final class HeldBack {

  private HeldBack() {}

  /**
   * Returns whether all pending events, if any, wait for keys that are closed now. If the events'
   * costs differ, more may wait than this can tell.
   */
  static boolean isAll(QueueStats stats) {
    long held = 0;
    for (LimitLoad load : stats.loads()) {
      held = Math.max(held, atLeast(load, stats.observedAt()));
    }
    return stats.pending() <= held;
  }

  /**
   * Returns the least number of events that wait: an event has one key of a limit, and costs no
   * more than the heaviest event.
   */
  private static long atLeast(LimitLoad load, Instant now) {
    long events = 0;
    for (LimitLoad.Key key : load.keys()) {
      if (isClosed(load, key, now)) {
        events += (key.cost() + load.heaviest() - 1) / load.heaviest();
      }
    }
    return events;
  }

  private static boolean isClosed(LimitLoad load, LimitLoad.Key key, Instant now) {
    boolean isFull =
        load.settings().limit().maxInFlight().stream().anyMatch(most -> key.inFlight() >= most);
    return isFull || key.opens().filter(at -> at.isAfter(now)).isPresent();
  }
}
