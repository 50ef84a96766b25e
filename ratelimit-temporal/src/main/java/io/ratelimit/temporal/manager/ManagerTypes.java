package io.ratelimit.temporal.manager;

/**
 * The names of managers and their activities in Temporal, for a host's own policies, filters,
 * metrics and interceptors.
 */
public final class ManagerTypes {

  /** The type of a manager's workflow. */
  public static final String WORKFLOW = "RateLimitManager";

  /** The type of a lane's activity. */
  public static final String LANE = "RateLimitLane";

  /** The type of the activity that looks at a queue and decides. */
  public static final String DECIDE = "RateLimitDecide";

  /** The type of the activity that waits for work while a queue is idle. */
  public static final String WATCH = "RateLimitWatch";

  /** The type of the activity that makes a manager's report. */
  public static final String REPORT = "RateLimitReport";

  /** The type of the activity that changes a queue's limit. */
  public static final String LIMIT = "RateLimitLimit";

  /** The type of the failure of a manager that never reached its queue. */
  public static final String QUEUE_UNREACHABLE = "QueueUnreachable";

  /** The type of the failure of a manager whose options cannot be read. */
  public static final String UNREADABLE_OPTIONS = "UnreadableOptions";

  /** The type of the failure of a request to a worker that cannot be read. */
  public static final String UNREADABLE_REQUEST = "UnreadableRequest";

  /** The memo that says what a manager is doing. */
  public static final String MEMO = "manager";

  /**
   * The search attribute, of type {@code Keyword}, for the name of a manager's queue; set where the
   * namespace has it registered when the manager starts.
   */
  public static final String QUEUE_ATTRIBUTE = "RateLimitQueue";

  /** The same for what a manager is doing, see {@link ManagerStatus.State}. */
  public static final String STATE_ATTRIBUTE = "RateLimitState";

  private ManagerTypes() {}
}
