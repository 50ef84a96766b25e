package io.ratelimit.temporal;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.grpc.StatusRuntimeException;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.RoundReport;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts managers, and asks and tells those that run. Every method throws a {@link
 * ManagerException} that says what is wrong. Thread-safe.
 */
public final class RateLimitClient implements AutoCloseable {

  private static final Duration AUDIT_EVERY = Duration.ofMinutes(3);

  /**
   * A manager in a list. What it is doing comes from the workflow's memo: a change of state is
   * there at once, the numbers may be half a minute old.
   *
   * @param id its id
   * @param status whether it runs, or how it ended, in Temporal's words
   * @param startedAt when its current run began
   * @param state what it is doing; empty if it no longer runs, or has not seen its queue yet
   * @param pending how many events wait for a worker, or waited when it ended
   * @param workers how many lanes its last decision asks for
   */
  public record Listed(
      String id,
      String status,
      Instant startedAt,
      Optional<ManagerStatus.State> state,
      Optional<Long> pending,
      Optional<Integer> workers) {

    private static final String RUNNING = "RUNNING";

    static Listed of(WorkflowExecutionMetadata execution) {
      String status = execution.getStatus().name().replace("WORKFLOW_EXECUTION_STATUS_", "");
      Optional<ManagerSummary> summary = summary(execution);
      return new Listed(
          execution.getExecution().getWorkflowId(),
          status,
          execution.getStartTime(),
          summary.map(ManagerSummary::state).filter(any -> status.equals(RUNNING)),
          summary.map(ManagerSummary::pending),
          summary.map(ManagerSummary::workers));
    }

    private static Optional<ManagerSummary> summary(WorkflowExecutionMetadata execution) {
      return Optional.ofNullable(
          execution.getMemo(ManagerSummary.MEMO, ManagerSummary.class, ManagerSummary.class));
    }

    /** Whether it runs. */
    public boolean running() {
      return status.equals(RUNNING);
    }
  }

  private final WorkflowClient client;
  private final String taskQueue;
  private final Schedules schedules;
  private final Failures failures;
  private final @Nullable WorkflowServiceStubs ownStubs;

  private RateLimitClient(
      WorkflowClient client, String taskQueue, @Nullable WorkflowServiceStubs ownStubs) {
    this.client = requireNonNull(client, "client");
    this.taskQueue = requireNonNull(taskQueue, "taskQueue");
    this.schedules = new Schedules(client, taskQueue);
    this.failures = new Failures(client);
    this.ownStubs = ownStubs;
  }

  /** A client over one that the caller made with the options of its choice, and keeps. */
  public static RateLimitClient of(WorkflowClient client, String taskQueue) {
    return new RateLimitClient(client, taskQueue, null);
  }

  /**
   * Connects to a server without TLS.
   *
   * @param target host:port
   * @throws ManagerException if the server or the namespace cannot be reached
   */
  public static RateLimitClient connect(String target, String namespace, String taskQueue) {
    return connect(Connection.plain(target), Connection.in(namespace), taskQueue);
  }

  /**
   * Connects to a server with the SDK's own options: TLS, API key, and so on.
   *
   * @throws ManagerException if the server or the namespace cannot be reached
   */
  public static RateLimitClient connect(
      WorkflowServiceStubsOptions server, WorkflowClientOptions options, String taskQueue) {
    WorkflowClient client = Connection.open(server, options);
    return new RateLimitClient(client, taskQueue, client.getWorkflowServiceStubs());
  }

  /**
   * Starts a manager.
   *
   * @throws ManagerException.AlreadyStarted if one of this id runs
   */
  public void start(String id, ManagerOptions options) {
    RateLimitManagerWorkflow manager =
        client.newWorkflowStub(
            RateLimitManagerWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(id)
                .setTaskQueue(taskQueue)
                .setWorkflowTaskTimeout(Timeouts.WORKFLOW_TASK)
                .build());
    call(
        id,
        () -> {
          var unused = WorkflowClient.start(manager::run, options, (ManagerState) null);
          return id;
        });
  }

  /** The managers that run or ran recently; on a server that has visibility. */
  public List<Listed> list() {
    return call(
        "*",
        () ->
            client
                .listExecutions("WorkflowType = '" + RateLimitManagerWorkflow.TYPE + "'")
                .map(Listed::of)
                .toList());
  }

  /**
   * How a manager is.
   *
   * @throws ManagerException.NoAnswer if no worker answers for it within some seconds
   */
  public ManagerStatus status(String id) {
    return ask(id, Timeouts.QUERY, () -> manager(id).status());
  }

  /**
   * Waits for what a manager returns.
   *
   * @throws ManagerException.NotFinished if that takes longer than the timeout
   * @throws ManagerException.Ended if it ended without a result
   */
  public RoundReport result(String id, Duration timeout) {
    return call(
        id,
        () -> {
          try {
            return client
                .newUntypedWorkflowStub(id)
                .getResult(timeout.toMillis(), TimeUnit.MILLISECONDS, RoundReport.class);
          } catch (TimeoutException late) {
            throw new ManagerException.NotFinished(id, timeout, late);
          }
        });
  }

  /** Lets nothing start until {@link #resume}, by any client of the queue. */
  public void pause(String id) {
    tell(id, "pause");
  }

  /** Ends a pause. */
  public void resume(String id) {
    tell(id, "resume");
  }

  /** Ends a manager gracefully: events in hand may be finished within the grace period. */
  public void stop(String id) {
    tell(id, "stop");
  }

  private void tell(String id, String signal) {
    call(
        id,
        () -> {
          client.newUntypedWorkflowStub(id).signal(signal);
          return id;
        });
  }

  /**
   * Ends a manager at once. Its lanes hear of it within seconds; events in hand may be finished
   * within the grace period.
   */
  public void terminate(String id, String reason) {
    call(
        id,
        () -> {
          WorkflowStub manager = client.newUntypedWorkflowStub(id);
          manager.terminate(reason);
          return id;
        });
  }

  /**
   * Changes the normal limit of the queue, for all of its clients.
   *
   * @return the settings as they are then
   * @throws ManagerException.Refused if the manager refuses it
   * @throws ManagerException.NoAnswer if no worker answers for it within half a minute
   */
  public LimitSettings changeLimit(String id, RateLimit limit) {
    return ask(id, Timeouts.UPDATE, () -> manager(id).changeLimit(limit));
  }

  /**
   * Changes how many workers there may be.
   *
   * @throws ManagerException.Refused if the manager refuses it
   * @throws ManagerException.NoAnswer if no worker answers for it within half a minute
   */
  public void setWorkers(String id, int min, int max) {
    ask(
        id,
        Timeouts.UPDATE,
        () -> {
          manager(id).setWorkers(min, max);
          return id;
        });
  }

  private RateLimitManagerWorkflow manager(String id) {
    return client.newWorkflowStub(RateLimitManagerWorkflow.class, id);
  }

  @CanIgnoreReturnValue
  private <T> T ask(String id, Duration timeout, Supplier<T> question) {
    return call(id, () -> Answers.within(timeout, question));
  }

  @CanIgnoreReturnValue
  private <T> T call(String id, Supplier<T> action) {
    try {
      return action.get();
    } catch (WorkflowException | StatusRuntimeException failure) {
      throw failures.ofManager(id, failure);
    }
  }

  /**
   * Has a manager started again and again, at the same distance, beginning with the next multiple
   * of it. While one runs no other starts. The ids of the managers are the schedule's and the time.
   *
   * @param id the schedule's id
   * @param every the distance: at least 1 second
   * @throws IllegalArgumentException if the distance is shorter
   * @throws ManagerException.ScheduleConflict if there is a schedule of this id
   * @throws ManagerException.Unsupported if the server has no schedules, as a test server has none
   */
  public void createSchedule(String id, ManagerOptions options, Duration every) {
    if (every.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "a schedule's distance must be at least 1 second but is " + every);
    }
    schedule(
        id,
        () -> {
          schedules.create(id, options, every);
          return id;
        });
  }

  /**
   * Schedules an audit every 3 minutes, as {@link #createSchedule(String, ManagerOptions,
   * Duration)} does.
   */
  public void createSchedule(String id, ManagerOptions options) {
    createSchedule(id, options, AUDIT_EVERY);
  }

  /**
   * How a schedule is.
   *
   * @throws ManagerException.UnknownSchedule if there is none of this id
   */
  public ManagerSchedule describeSchedule(String id) {
    return schedule(id, () -> schedules.describe(id));
  }

  /**
   * Ends a schedule; managers that it started go on.
   *
   * @throws ManagerException.UnknownSchedule if there is none of this id
   */
  public void deleteSchedule(String id) {
    schedule(
        id,
        () -> {
          schedules.delete(id);
          return id;
        });
  }

  @CanIgnoreReturnValue
  private <T> T schedule(String id, Supplier<T> action) {
    try {
      return action.get();
    } catch (ScheduleException | ScheduleAlreadyRunningException | StatusRuntimeException failure) {
      throw failures.ofSchedule(id, failure);
    }
  }

  /** Lets go of the connection, if this client opened it; managers go on. */
  @Override
  public void close() {
    if (ownStubs != null) {
      ownStubs.shutdownNow();
    }
  }
}
