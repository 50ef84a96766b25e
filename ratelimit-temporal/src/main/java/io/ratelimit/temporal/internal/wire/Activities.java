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

/** What the workflow has others do: as Temporal sees it. */
public final class Activities {

  private static final String CLOSING = "WorkerCloses";

  /** As often as it takes: growing delays kept a lane from other workers for minutes. */
  private static final Duration OFFERED_AGAIN = Duration.ofMillis(250);

  /** The queue: calls on a task queue of their own. The first argument names the queue meant. */
  @ActivityInterface
  public interface Queue {

    /**
     * Looks at the queue, decides, and demands the limit that was decided on: a {@link
     * DecideRequest} to what was {@link Decided}.
     */
    @ActivityMethod(name = ManagerTypes.DECIDE)
    RawValue decide(RawValue queue, RawValue request);

    /**
     * Waits, for as long as the queue is idle, until there is something to decide: a {@link
     * WatchRequest} to what was {@link Noticed}.
     */
    @ActivityMethod(name = ManagerTypes.WATCH)
    RawValue watch(RawValue queue, RawValue request);

    /** Changes the limit: a {@link LimitChange} to {@link LimitSettings}. */
    @ActivityMethod(name = ManagerTypes.LIMIT)
    RawValue applyLimit(RawValue queue, RawValue change);

    /**
     * Looks at the queue for the last time, takes the demand back, and says what happened: a {@link
     * ReportRequest} to a {@link RoundReport}.
     */
    @ActivityMethod(name = ManagerTypes.REPORT)
    RawValue report(RawValue queue, RawValue request);
  }

  /** A lane. */
  @ActivityInterface
  public interface Lane {

    /** Takes events and handles them, one at a time: a {@link LaneRequest} to its result. */
    @ActivityMethod(name = ManagerTypes.LANE)
    RawValue drain(RawValue request);
  }

  /** Returns whether an activity that is not finished is a lane. */
  public static boolean isLane(PendingActivityInfo activity) {
    return activity.getActivityType().getName().equals(ManagerTypes.LANE);
  }

  /**
   * Returns the refusal of a worker that drains: Temporal offers the activity again at once, so
   * that another worker gets it. A host's own worker goes on to poll while this library's part of
   * it drains, and may get the same activity several times.
   *
   * @param message which worker closes
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
