package io.ratelimit.temporal;

import io.ratelimit.core.limit.LimitSettings;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What the workflow has others do. */
final class Activities {

  /** The queue: short calls, on a task queue of their own. */
  @ActivityInterface
  public interface Queue {

    /** What the queue holds now. */
    @ActivityMethod(name = "stats")
    QueueSnapshot stats();

    /** Reads or changes the limit. */
    @ActivityMethod(name = "applyLimit")
    LimitSettings applyLimit(LimitChange change);
  }

  /** A lane. */
  @ActivityInterface
  public interface Lane {

    /** Takes events and handles them, one at a time. */
    @ActivityMethod(name = "drain")
    LaneResult drain(LaneRequest request);
  }

  private Activities() {}
}
