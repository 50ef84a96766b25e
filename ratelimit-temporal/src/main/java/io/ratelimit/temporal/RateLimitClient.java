package io.ratelimit.temporal;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.grpc.StatusRuntimeException;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.internal.client.Answers;
import io.ratelimit.temporal.internal.client.Connection;
import io.ratelimit.temporal.internal.client.Executions;
import io.ratelimit.temporal.internal.client.Failures;
import io.ratelimit.temporal.internal.client.Schedules;
import io.ratelimit.temporal.internal.client.SearchKeys;
import io.ratelimit.temporal.internal.client.Starts;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerPage;
import io.ratelimit.temporal.manager.ManagerQuery;
import io.ratelimit.temporal.manager.ManagerSchedule;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.ratelimit.temporal.manager.PollingWorker;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.converter.RawValue;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts, queries and controls managers. Every method throws a {@link ManagerException} that says
 * what is wrong. Thread-safe.
 */
public final class RateLimitClient implements AutoCloseable {

  private static final Duration AUDIT_EVERY = Duration.ofMinutes(3);

  private final WorkflowClient client;
  private final String taskQueue;
  private final Consumer<WorkflowOptions.Builder> workflowOptions;
  private final Starts starts;
  private final Schedules schedules;
  private final SearchKeys searchKeys;
  private final Executions executions;
  private final Failures failures;
  private final @Nullable WorkflowServiceStubs ownStubs;

  private RateLimitClient(
      WorkflowClient client,
      String taskQueue,
      Consumer<WorkflowOptions.Builder> workflowOptions,
      SearchKeys searchKeys,
      @Nullable WorkflowServiceStubs ownStubs) {
    this.client = client;
    this.taskQueue = requireNonNull(taskQueue, "taskQueue");
    this.workflowOptions = requireNonNull(workflowOptions, "workflowOptions");
    this.searchKeys = searchKeys;
    this.starts = new Starts(client, taskQueue, workflowOptions, searchKeys);
    this.schedules = new Schedules(client, starts);
    this.executions = new Executions(client);
    this.failures = new Failures(client);
    this.ownStubs = ownStubs;
  }

  /** Returns a client over an existing client, which the caller created and closes. */
  public static RateLimitClient of(WorkflowClient client, String taskQueue) {
    return new RateLimitClient(
        requireNonNull(client, "client"), taskQueue, options -> {}, new SearchKeys(client), null);
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
    return new RateLimitClient(
        client,
        taskQueue,
        unchanged -> {},
        new SearchKeys(client),
        client.getWorkflowServiceStubs());
  }

  /**
   * Returns a client that changes the options of the managers it starts or schedules, such as their
   * memo, priority or versioning. The options already contain what this library sets. Both clients
   * share the connection, which ends when the first of them is closed.
   */
  public RateLimitClient withWorkflowOptions(Consumer<WorkflowOptions.Builder> change) {
    return new RateLimitClient(
        client, taskQueue, workflowOptions.andThen(change), searchKeys, ownStubs);
  }

  /**
   * Returns a client for the managers of another task queue. It shares the connection, which ends
   * with whichever of the two is closed first.
   */
  public RateLimitClient withTaskQueue(String newTaskQueue) {
    return new RateLimitClient(client, newTaskQueue, workflowOptions, searchKeys, ownStubs);
  }

  /**
   * Starts a manager.
   *
   * @throws ManagerException.AlreadyStarted if a manager with this id is running
   */
  public void start(String id, ManagerOptions options) {
    call(
        id,
        () -> {
          WorkflowExecution unused = starts.stub(id, options).start(Json.raw(options));
          return id;
        });
  }

  /**
   * Lists managers of this client's task queue, using the server's visibility store, which may lag
   * some seconds behind. Each running manager is looked up separately.
   *
   * @throws IllegalArgumentException if the query's page is not from an earlier list
   */
  public ManagerPage list(ManagerQuery query) {
    return call("*", () -> executions.list(taskQueue, query));
  }

  /**
   * Returns what the server knows of a manager, whether or not a worker answers for it.
   *
   * @throws ManagerException.NotAManager if the id belongs to another workflow
   */
  public ManagerDescription describe(String id) {
    return call(id, () -> executions.describe(found(id)));
  }

  /**
   * Returns the worker processes that ask for lanes of this client's task queue, whether or not a
   * manager runs.
   */
  public List<PollingWorker> workers() {
    return call("*", () -> executions.workers(taskQueue));
  }

  /**
   * Returns the status of a manager.
   *
   * @throws ManagerException.NoAnswer if no worker answers for it within some seconds
   * @throws ManagerException.Stuck if its workflow task fails
   */
  public ManagerStatus status(String id) {
    return call(
        id,
        () ->
            Json.read(
                Answers.within(
                    Timeouts.QUERY,
                    () -> client.newUntypedWorkflowStub(id).query("status", RawValue.class)),
                ManagerStatus.class));
  }

  /**
   * Waits for the result of a manager.
   *
   * @throws ManagerException.NotFinished if that takes longer than the timeout
   * @throws ManagerException.Stuck if that takes longer because its workflow task fails
   * @throws ManagerException.Ended if it ended without a result
   */
  public RoundReport result(String id, Duration timeout) {
    return call(
        id,
        () -> {
          try {
            return Json.read(
                client
                    .newUntypedWorkflowStub(id)
                    .getResult(timeout.toMillis(), TimeUnit.MILLISECONDS, RawValue.class),
                RoundReport.class);
          } catch (TimeoutException late) {
            throw failures.unfinished(id, timeout, late);
          }
        });
  }

  /**
   * Stops all starts until {@link #resume}, by any client of the queue.
   *
   * @return the resulting settings
   * @throws ManagerException.QueueUnreachable if the manager cannot reach its queue
   * @throws ManagerException.Refused if the manager refuses it
   * @throws ManagerException.NoAnswer if no worker answers for it within half a minute
   */
  @CanIgnoreReturnValue
  public LimitSettings pause(String id) {
    return tell(id, "pause", LimitSettings.class);
  }

  /**
   * Ends a pause.
   *
   * @return the resulting settings
   * @throws ManagerException as {@link #pause} does
   */
  @CanIgnoreReturnValue
  public LimitSettings resume(String id) {
    return tell(id, "resume", LimitSettings.class);
  }

  /**
   * Ends a manager gracefully: events in hand may finish within the grace period.
   *
   * @return its status after the request
   * @throws ManagerException.NotRunning if it has ended already
   * @throws ManagerException.Stuck if it cannot react; {@link #terminate} it
   * @throws ManagerException.NoAnswer if no worker answers for it within half a minute
   */
  @CanIgnoreReturnValue
  public ManagerStatus stop(String id) {
    return tell(id, "stop", ManagerStatus.class);
  }

  /**
   * Ends a manager at once; refuses other workflows. Its lanes learn of it within seconds; events
   * in hand may finish within the grace period.
   *
   * @throws ManagerException.NotAManager if the id belongs to another workflow
   */
  public void terminate(String id, String reason) {
    call(
        id,
        () -> {
          DescribeWorkflowExecutionResponse manager = found(id);
          if (!Executions.isRunning(manager.getWorkflowExecutionInfo())) {
            throw new ManagerException.NotRunning(executions.describe(manager), null);
          }
          executions.terminate(manager, reason);
          return id;
        });
  }

  /**
   * Changes the normal limit of the queue, for all of its clients.
   *
   * @return the resulting settings
   * @throws ManagerException as {@link #pause} does
   */
  public LimitSettings changeLimit(String id, RateLimit limit) {
    return tell(id, "changeLimit", LimitSettings.class, Json.raw(limit));
  }

  /**
   * Changes how many workers there may be.
   *
   * @return the resulting range
   * @throws IllegalArgumentException unless 1 ≤ min ≤ max ≤ {@value WorkerRange#MOST}
   * @throws ManagerException.Refused if the manager refuses it
   * @throws ManagerException.NoAnswer if no worker answers for it within half a minute
   */
  @CanIgnoreReturnValue
  public WorkerRange setWorkers(String id, int min, int max) {
    return tell(id, "setWorkers", WorkerRange.class, Json.raw(new WorkerRange(min, max)));
  }

  /** What else has an update of this name is left alone. */
  private <T> T tell(String id, String update, Class<T> type, Object... arguments) {
    return call(
        id,
        () -> {
          requireRunning(executions.describe(found(id)));
          return Json.read(
              Answers.within(
                  Timeouts.UPDATE,
                  () ->
                      client.newUntypedWorkflowStub(id).update(update, RawValue.class, arguments)),
              type);
        });
  }

  private static void requireRunning(ManagerDescription manager) {
    if (!manager.running()) {
      throw new ManagerException.NotRunning(manager, null);
    }
    if (manager.problem().isPresent()) {
      throw new ManagerException.Stuck(manager.id(), manager.problem().get(), null);
    }
  }

  private DescribeWorkflowExecutionResponse found(String id) {
    DescribeWorkflowExecutionResponse found;
    try {
      found = executions.find(id);
    } catch (StatusRuntimeException failure) {
      throw failures.lookingUp(id, failure);
    }
    if (!Executions.type(found).equals(ManagerTypes.WORKFLOW)) {
      throw new ManagerException.NotAManager(id, Executions.type(found), null);
    }
    return found;
  }

  @CanIgnoreReturnValue
  private <T> T call(String id, Supplier<T> action) {
    try {
      return action.get();
    } catch (RuntimeException failure) {
      throw failures.ofManager(id, failure);
    }
  }

  /**
   * Creates a schedule that starts managers at a fixed interval, beginning with the next multiple
   * of it. While one is running, no other starts. The id of a manager is the schedule's id and the
   * time.
   *
   * @param id the schedule's id
   * @param every the interval: at least 1 second
   * @throws IllegalArgumentException if the interval is shorter
   * @throws ManagerException.ScheduleConflict if a schedule with this id exists
   * @throws ManagerException.Unsupported if the server has no schedules, as a test server has none
   */
  public void createSchedule(String id, ManagerOptions options, Duration every) {
    if (every.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "a schedule's interval must be at least 1 second but is " + every);
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
   * Returns the state of a schedule.
   *
   * @throws ManagerException.UnknownSchedule if there is none of this id
   */
  public ManagerSchedule describeSchedule(String id) {
    return schedule(id, () -> schedules.describe(id));
  }

  /**
   * Deletes a schedule; managers that it started continue.
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
    } catch (RuntimeException failure) {
      throw failures.ofSchedule(id, failure);
    }
  }

  /** Closes the connection if this client opened it; managers continue. */
  @Override
  public void close() {
    if (ownStubs != null) {
      ownStubs.shutdownNow();
    }
  }
}
