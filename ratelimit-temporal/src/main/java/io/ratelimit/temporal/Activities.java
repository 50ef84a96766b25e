package io.ratelimit.temporal;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.report.RoundReport;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What the workflow has others do. */
final class Activities {

  /** The queue: calls on a task queue of their own. */
  @ActivityInterface
  public interface Queue {

    /** Looks at the queue, decides, and demands the limit that was decided on. */
    @ActivityMethod(name = "decide")
    Decided decide(DecideRequest request);

    /** Waits, for as long as the queue is idle, until there is something to decide. */
    @ActivityMethod(name = "watch")
    Noticed watch(WatchRequest request);

    /** Reads or changes the limit. */
    @ActivityMethod(name = "applyLimit")
    LimitSettings applyLimit(LimitChange change);

    /** Looks at the queue for the last time, takes the demand back, and says what happened. */
    @ActivityMethod(name = "report")
    RoundReport report(ReportRequest request);
  }

  /** A lane. */
  @ActivityInterface
  public interface Lane {

    /** Takes events and handles them, one at a time. */
    @ActivityMethod(name = LANE)
    LaneResult drain(LaneRequest request);
  }

  static final String LANE = "drain";

  private Activities() {}
}
