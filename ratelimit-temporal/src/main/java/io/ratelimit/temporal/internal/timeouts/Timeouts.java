package io.ratelimit.temporal.internal.timeouts;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** Every timeout and retry that is handed to Temporal; {@code docs/temporal.md} has the reasons. */
public final class Timeouts {

  private static final String QUEUE_CALLS = "-queue";

  /** How long a lane goes on taking events before its activity ends. */
  public static final Duration LANE_TURN = Duration.ofMinutes(5);

  private static final Duration LANE_HEARTBEAT = Duration.ofSeconds(12);

  /**
   * How often a lane says that it lives; cancellations reach it with the answer. One may be lost
   * before it counts as dead.
   */
  public static final Duration HEARTBEAT_INTERVAL = LANE_HEARTBEAT.multipliedBy(5).dividedBy(12);

  /** How long lanes of an earlier run may take to hear that it is over, and to leave. */
  public static final Duration HANDOVER = HEARTBEAT_INTERVAL.multipliedBy(2);

  /** How long it is believed that a worker is there which told so. */
  public static final Duration HEARD = LANE_HEARTBEAT.multipliedBy(2);

  /**
   * A worker with a free slot asks for a lane again within this time: a long poll, and a little.
   */
  public static final Duration ASKS = Duration.ofSeconds(75);

  /** How long a lane that finds a free slot may take to begin. */
  public static final Duration SLOT = Duration.ofSeconds(1);

  /** When to look again after the first lanes were asked for: by then they have begun. */
  public static final Duration SECOND_LOOK = Duration.ofSeconds(2);

  /** What comes later than it was due by so much came late because nobody worked. */
  public static final Duration UNATTENDED = Duration.ofSeconds(10);

  private static final Duration WATCH_HEARTBEAT = Duration.ofSeconds(60);

  /** How often a watch says that it lives: each time is an action that Temporal bills. */
  public static final Duration WATCH_HEARTBEAT_INTERVAL = Duration.ofSeconds(40);

  /** How often a watch looks into the queue, should a wake-up be lost. */
  public static final Duration WATCH_POLL = Duration.ofSeconds(2);

  private static final Duration LANE_SCHEDULE_TO_START = Duration.ofMinutes(1);
  // A turn, the longest attempt, and the grace after it.
  private static final Duration LANE_START_TO_CLOSE = Duration.ofHours(25);

  private static final Duration QUEUE_START_TO_CLOSE = Duration.ofSeconds(5);
  private static final Duration QUEUE_SCHEDULE_TO_CLOSE = Duration.ofSeconds(20);

  /** The longest that a handler may run. */
  public static final Duration LONGEST_HANDLER = Duration.ofHours(24);

  /** How long interrupted lanes may take to give back what they hold when a worker closes. */
  public static final Duration INTERRUPTED_LANES = Duration.ofSeconds(5);

  /** How long the client waits for the server to answer. */
  public static final Duration CONNECT = Duration.ofSeconds(5);

  /** How long the client waits for the server to look up what it knows of a manager. */
  public static final Duration LOOK_UP = Duration.ofSeconds(5);

  /** How long the client waits for a manager's answer. */
  public static final Duration QUERY = Duration.ofSeconds(10);

  /** The same where the manager may have to reach its queue first. */
  public static final Duration UPDATE = QUEUE_SCHEDULE_TO_CLOSE.plus(QUERY);

  /** The workflow task: it only does what an activity decided, which is fast. */
  public static final Duration WORKFLOW_TASK = Duration.ofSeconds(10);

  /**
   * Returns the options of a lane.
   *
   * @param summary names the lane in the Temporal UI
   * @param eager whether the worker that runs the workflow may begin the lane without asking for it
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
   * Returns those of a short call of the queue.
   *
   * @param taskQueue the lanes' task queue; the queue's calls have one of their own beside it
   */
  public static ActivityOptions queue(String taskQueue) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queueCalls(taskQueue))
        .setStartToCloseTimeout(QUEUE_START_TO_CLOSE)
        .setScheduleToCloseTimeout(QUEUE_SCHEDULE_TO_CLOSE)
        .setRetryOptions(
            retries().toBuilder()
                // What the queue refuses it refuses again, unlike one that is away.
                .setDoNotRetry(IllegalArgumentException.class.getName())
                .build())
        .build();
  }

  /**
   * Returns the last look: there is no end without it, and it takes what was seen before if need
   * be.
   */
  public static ActivityOptions report(String taskQueue) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queueCalls(taskQueue))
        .setStartToCloseTimeout(QUEUE_START_TO_CLOSE.multipliedBy(2))
        .setRetryOptions(retries())
        .build();
  }

  /**
   * Returns those of a watch over an idle queue.
   *
   * @param longest how long it takes at most
   */
  public static ActivityOptions watch(String taskQueue, Duration longest) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queueCalls(taskQueue))
        .setStartToCloseTimeout(longest.plus(WATCH_HEARTBEAT))
        .setHeartbeatTimeout(WATCH_HEARTBEAT)
        .setRetryOptions(retries())
        .build();
  }

  /**
   * Returns where the short calls go, so that lanes that wait in every slot cannot hold them up.
   */
  public static String queueCalls(String taskQueue) {
    return taskQueue + QUEUE_CALLS;
  }

  /** The lanes' task queue beside which there is this one of short calls. */
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
