package io.ratelimit.temporal;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** Every timeout and retry that is handed to Temporal; {@code docs/temporal.md} has the reasons. */
final class Timeouts {

  /** How long a lane goes on taking events before its activity ends. */
  static final Duration LANE_TURN = Duration.ofMinutes(5);

  /** How often a lane says that it lives; cancellations reach it with the answer. */
  static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(1);

  private static final Duration LANE_HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration LANE_SCHEDULE_TO_START = Duration.ofMinutes(1);
  // A turn, the longest attempt, and the grace after it.
  private static final Duration LANE_START_TO_CLOSE = Duration.ofHours(25);

  private static final Duration QUEUE_START_TO_CLOSE = Duration.ofSeconds(5);
  private static final Duration QUEUE_SCHEDULE_TO_CLOSE = Duration.ofSeconds(20);

  /** The longest that a handler may run. */
  static final Duration LONGEST_HANDLER = Duration.ofHours(24);

  /** How long interrupted lanes may take to give back what they hold when a worker closes. */
  static final Duration INTERRUPTED_LANES = Duration.ofSeconds(5);

  /** How long the client waits for the server to answer. */
  static final Duration CONNECT = Duration.ofSeconds(5);

  /** How long the client waits for a manager's answer. */
  static final Duration QUERY = Duration.ofSeconds(10);

  /** The same where the manager may have to reach its queue first. */
  static final Duration UPDATE = QUEUE_SCHEDULE_TO_CLOSE.plus(QUERY);

  /** The workflow task: deciding is pure and fast. */
  static final Duration WORKFLOW_TASK = Duration.ofSeconds(10);

  static ActivityOptions lane() {
    return ActivityOptions.newBuilder()
        .setScheduleToStartTimeout(LANE_SCHEDULE_TO_START)
        .setStartToCloseTimeout(LANE_START_TO_CLOSE)
        .setHeartbeatTimeout(LANE_HEARTBEAT)
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        // Else all lanes go to the worker that runs the workflow, while it has room, and none to
        // another that has a handler which that one lacks.
        .setDisableEagerExecution(true)
        .setRetryOptions(retries())
        .build();
  }

  /**
   * @param taskQueue the lanes' task queue; the queue's calls have one of their own beside it
   */
  static ActivityOptions queue(String taskQueue) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queueCalls(taskQueue))
        .setStartToCloseTimeout(QUEUE_START_TO_CLOSE)
        .setScheduleToCloseTimeout(QUEUE_SCHEDULE_TO_CLOSE)
        .setRetryOptions(retries())
        .build();
  }

  /** Where the short calls go, so that lanes that wait in every slot cannot hold them up. */
  static String queueCalls(String taskQueue) {
    return taskQueue + "-queue";
  }

  private static RetryOptions retries() {
    return RetryOptions.newBuilder()
        .setInitialInterval(Duration.ofMillis(500))
        .setBackoffCoefficient(2)
        .setMaximumInterval(Duration.ofSeconds(10))
        .build();
  }

  private Timeouts() {}
}
