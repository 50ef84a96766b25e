package io.ratelimit.temporal.internal.timeouts;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** All timeouts and retries that Temporal gets; {@code docs/temporal.md} explains them. */
public final class Timeouts {

  private static final String QUEUE_CALLS = "-queue";

  /** How long a lane keeps taking events before its activity ends. */
  public static final Duration LANE_TURN = Duration.ofMinutes(5);

  private static final Duration LANE_HEARTBEAT = Duration.ofSeconds(12);

  /**
   * The interval of a lane's heartbeats; cancellations arrive with the answer. One heartbeat may be
   * lost before the lane counts as dead.
   */
  public static final Duration HEARTBEAT_INTERVAL = LANE_HEARTBEAT.multipliedBy(5).dividedBy(12);

  /** How long lanes of an earlier run may take to learn that it has ended, and to leave. */
  public static final Duration HANDOVER = HEARTBEAT_INTERVAL.multipliedBy(2);

  /** How long a worker that was heard of counts as present. */
  public static final Duration HEARD = LANE_HEARTBEAT.multipliedBy(2);

  /** A worker with a free slot polls again within this time: a long poll and a margin. */
  public static final Duration ASKS = Duration.ofSeconds(75);

  /** How long a lane that finds a free slot may take to begin. */
  public static final Duration SLOT = Duration.ofSeconds(1);

  /** When to look again after the first lanes were scheduled: by then, they have begun. */
  public static final Duration SECOND_LOOK = Duration.ofSeconds(2);

  /** A tick that is late by more than this was late because there was no worker. */
  public static final Duration UNATTENDED = Duration.ofSeconds(10);

  private static final Duration WATCH_HEARTBEAT = Duration.ofSeconds(60);

  /** The interval of a watch's heartbeats; Temporal bills each as an action. */
  public static final Duration WATCH_HEARTBEAT_INTERVAL = Duration.ofSeconds(40);

  /** How often a watch polls the queue in case a wake-up is lost. */
  public static final Duration WATCH_POLL = Duration.ofSeconds(2);

  private static final Duration LANE_SCHEDULE_TO_START = Duration.ofMinutes(1);
  // A turn, the longest attempt, and the grace period after it.
  private static final Duration LANE_START_TO_CLOSE = Duration.ofHours(25);

  private static final Duration QUEUE_START_TO_CLOSE = Duration.ofSeconds(5);
  private static final Duration QUEUE_SCHEDULE_TO_CLOSE = Duration.ofSeconds(20);

  /** The longest time that a handler may run. */
  public static final Duration LONGEST_HANDLER = Duration.ofHours(24);

  /** How long interrupted lanes may take to give back their events when a worker closes. */
  public static final Duration INTERRUPTED_LANES = Duration.ofSeconds(5);

  /** How long the client waits for the server to answer. */
  public static final Duration CONNECT = Duration.ofSeconds(5);

  /** How long the client waits for the server to describe a manager. */
  public static final Duration LOOK_UP = Duration.ofSeconds(5);

  /** How long the client waits for a manager's answer. */
  public static final Duration QUERY = Duration.ofSeconds(10);

  /** How long the client waits if the manager may have to reach its queue first. */
  public static final Duration UPDATE = QUEUE_SCHEDULE_TO_CLOSE.plus(QUERY);

  /** The timeout of a workflow task, which is fast: it only carries out decisions. */
  public static final Duration WORKFLOW_TASK = Duration.ofSeconds(10);

  /**
   * Returns the options of a lane.
   *
   * @param summary names the lane in the Temporal UI
   * @param eager whether the worker that runs the workflow may begin the lane without polling for
   *     it
   */
  public static ActivityOptions lane(String summary, boolean eager) {
    return ActivityOptions.newBuilder()
        .setSummary(summary)
        .setScheduleToStartTimeout(LANE_SCHEDULE_TO_START)
        .setStartToCloseTimeout(LANE_START_TO_CLOSE)
        .setHeartbeatTimeout(LANE_HEARTBEAT)
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .setDisableEagerExecution(!eager)
        .setRetryOptions(retries())
        .build();
  }

  /**
   * Returns the options of a short call to the queue.
   *
   * @param taskQueue the lanes' task queue; calls to the queue have a separate one
   */
  public static ActivityOptions queue(String taskQueue) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queueCalls(taskQueue))
        .setStartToCloseTimeout(QUEUE_START_TO_CLOSE)
        .setScheduleToCloseTimeout(QUEUE_SCHEDULE_TO_CLOSE)
        .setRetryOptions(
            retries().toBuilder()
                // A refusal is permanent, unlike an unreachable queue.
                .setDoNotRetry(IllegalArgumentException.class.getName())
                .build())
        .build();
  }

  /**
   * Returns the options of the report, without which a manager does not end. If necessary, it uses
   * what was seen before.
   */
  public static ActivityOptions report(String taskQueue) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queueCalls(taskQueue))
        .setStartToCloseTimeout(QUEUE_START_TO_CLOSE.multipliedBy(2))
        .setRetryOptions(retries())
        .build();
  }

  /**
   * Returns the options of a watch over an idle queue.
   *
   * @param longest the longest time that it takes
   */
  public static ActivityOptions watch(String taskQueue, Duration longest) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queueCalls(taskQueue))
        .setStartToCloseTimeout(longest.plus(WATCH_HEARTBEAT))
        .setHeartbeatTimeout(WATCH_HEARTBEAT)
        .setRetryOptions(retries())
        .build();
  }

  /** Returns the task queue of short calls; lanes that wait in every slot cannot delay it. */
  public static String queueCalls(String taskQueue) {
    return taskQueue + QUEUE_CALLS;
  }

  /** Returns the lanes' task queue for the one of short calls. */
  public static String lanes(String queueCalls) {
    return queueCalls.substring(0, queueCalls.length() - QUEUE_CALLS.length());
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
