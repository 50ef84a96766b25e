package io.ratelimit.temporal.internal.wire;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;

/** The activities of the workflow, as Temporal sees them. */
public final class Activities {

  private static final String CLOSING = "WorkerCloses";

  /** Constant: growing delays kept a lane from other workers for minutes. */
  private static final Duration OFFERED_AGAIN = Duration.ofMillis(250);

  /**
   * Calls to the queue, on a separate task queue. The first argument is the name of the intended
   * queue.
   */
  @ActivityInterface
  public interface Queue {

    /**
     * Looks at the queue, decides, and demands the limit of the decision: takes a {@link
     * DecideRequest} and returns {@link Decided}.
     */
    @ActivityMethod(name = ManagerTypes.DECIDE)
    RawValue decide(RawValue queue, RawValue request);

    /**
     * Waits while the queue is idle until there is something to decide: takes a {@link
     * WatchRequest} and returns {@link Noticed}.
     */
    @ActivityMethod(name = ManagerTypes.WATCH)
    RawValue watch(RawValue queue, RawValue request);

    /** Changes the limit: takes a {@link LimitChange} and returns {@link LimitSettings}. */
    @ActivityMethod(name = ManagerTypes.LIMIT)
    RawValue applyLimit(RawValue queue, RawValue change);

    /**
     * Looks at the queue for the last time, ends the demand, and reports: takes a {@link
     * ReportRequest} and returns a {@link RoundReport}.
     */
    @ActivityMethod(name = ManagerTypes.REPORT)
    RawValue report(RawValue queue, RawValue request);
  }

  /** A lane. */
  @ActivityInterface
  public interface Lane {

    /**
     * Takes events and handles them, one at a time: takes a {@link LaneRequest} and returns a
     * {@link LaneResult}.
     */
    @ActivityMethod(name = ManagerTypes.LANE)
    RawValue drain(RawValue request);
  }

  /** Returns whether a pending activity is a lane. */
  public static boolean isLane(PendingActivityInfo activity) {
    return activity.getActivityType().getName().equals(ManagerTypes.LANE);
  }

  /**
   * Returns the refusal of a draining worker: Temporal offers the activity again at once, so that
   * another worker gets it. A host's own worker continues to poll while this library's part of it
   * drains, and may get the same activity several times.
   *
   * @param message names the worker that is closing
   */
  public static ApplicationFailure closing(String message) {
    return ApplicationFailure.newBuilder()
        .setMessage(message)
        .setType(CLOSING)
        .setNextRetryDelay(OFFERED_AGAIN)
        .build();
  }

  private Activities() {}
}
