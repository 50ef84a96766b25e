package io.ratelimit.temporal.manager;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;

/**
 * Bounds what managers may ask of a worker, because every client of a Temporal namespace may start
 * them. A manager that was started with more runs at the bound and says so in its status; an update
 * that asks for more is refused. Immutable; start from {@link #DEFAULT}.
 *
 * <p>Workers of one task queue should have the same caps, because the caps of whichever worker
 * reads the queue next apply.
 *
 * @param leastInterval the shortest time between a manager's decisions: {@link #SHORTEST_INTERVAL}
 *     to {@link #LONGEST_INTERVAL}
 * @param mostWorkers how many lanes one manager may have: 1 to {@value ManagerOptions#MOST_WORKERS}
 * @param mostEventsPerActivity how many events one activity may handle: 1 to {@value
 *     ManagerOptions#MOST_EVENTS}
 */
public record ManagerCaps(Duration leastInterval, int mostWorkers, int mostEventsPerActivity) {

  /** No worker lets a manager decide more often than this: 100 ms. */
  public static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  /**
   * No worker lets a manager decide less often than this while there is work: an hour. A demand for
   * a higher limit outlives its manager by three such intervals.
   */
  public static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

  /** A decision every 100 ms, 500 workers, 1,000 events in one activity. */
  public static final ManagerCaps DEFAULT =
      new ManagerCaps(SHORTEST_INTERVAL, ManagerOptions.MOST_WORKERS, ManagerOptions.MOST_EVENTS);

  private static final Duration LONGEST_IDLE = Duration.ofDays(1);

  // As the longest handler.
  private static final Duration LONGEST_GRACE = Duration.ofDays(1);

  /**
   * Creates caps.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public ManagerCaps {
    Requirements.between("least interval", leastInterval, SHORTEST_INTERVAL, LONGEST_INTERVAL);
    Requirements.between("most workers", mostWorkers, 1, ManagerOptions.MOST_WORKERS);
    Requirements.between(
        "most events per activity", mostEventsPerActivity, 1, ManagerOptions.MOST_EVENTS);
  }

  /**
   * Returns these caps with another least interval.
   *
   * @throws IllegalArgumentException if it is outside its range
   */
  public ManagerCaps withLeastInterval(Duration interval) {
    return new ManagerCaps(interval, mostWorkers, mostEventsPerActivity);
  }

  /**
   * Returns these caps with another number of workers.
   *
   * @throws IllegalArgumentException if it is outside its range
   */
  public ManagerCaps withMostWorkers(int workers) {
    return new ManagerCaps(leastInterval, workers, mostEventsPerActivity);
  }

  /**
   * Returns these caps with another number of events per activity.
   *
   * @throws IllegalArgumentException if it is outside its range
   */
  public ManagerCaps withMostEventsPerActivity(int events) {
    return new ManagerCaps(leastInterval, mostWorkers, events);
  }

  /** Returns the options in force when these are requested. */
  public ManagerOptions capped(ManagerOptions asked) {
    ManagerOptions capped =
        asked
            .withTerms(asked.terms().withWorkers(capped(asked.terms().workers())))
            .withDecisionIntervals(
                capped(asked.terms().decisionInterval(), LONGEST_INTERVAL),
                capped(asked.idleInterval(), LONGEST_IDLE))
            .withShutdownGrace(shorter(asked.shutdownGrace(), LONGEST_GRACE));
    return asked
        .eventsPerActivity()
        .map(events -> capped.withEventsPerActivity(Math.min(events, mostEventsPerActivity)))
        .orElse(capped);
  }

  /** Returns the worker range in force when this one is requested. */
  public WorkerRange capped(WorkerRange asked) {
    return asked.atMost(mostWorkers);
  }

  /**
   * Refuses a number of workers that nobody would get.
   *
   * @throws IllegalArgumentException if the most are more than these caps allow
   */
  public void requireWithin(WorkerRange asked) {
    Requirements.between("most workers of a manager", asked.max(), 1, mostWorkers);
  }

  /** Returns a time between two decisions, as it may be and at most this. */
  public Duration capped(Duration interval, Duration longest) {
    return shorter(interval.compareTo(leastInterval) < 0 ? leastInterval : interval, longest);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
