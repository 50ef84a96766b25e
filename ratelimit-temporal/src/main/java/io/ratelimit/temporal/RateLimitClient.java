package io.ratelimit.temporal;

import static java.util.Objects.requireNonNull;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.RoundReport;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts managers, and asks and tells those that run. Every method throws a {@link
 * ManagerException} that says what is wrong. Thread-safe.
 */
public final class RateLimitClient implements AutoCloseable {

  /**
   * A manager in a list.
   *
   * @param id its id
   * @param status whether it runs, or how it ended, in Temporal's words
   * @param startedAt when its current run began
   */
  public record Listed(String id, String status, java.time.Instant startedAt) {}

  private final WorkflowClient client;
  private final String taskQueue;
  private final @Nullable WorkflowServiceStubs ownStubs;

  private RateLimitClient(
      WorkflowClient client, String taskQueue, @Nullable WorkflowServiceStubs ownStubs) {
    this.client = requireNonNull(client, "client");
    this.taskQueue = requireNonNull(taskQueue, "taskQueue");
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
                .map(
                    execution ->
                        new Listed(
                            execution.getExecution().getWorkflowId(),
                            execution.getStatus().name().replace("WORKFLOW_EXECUTION_STATUS_", ""),
                            execution.getStartTime()))
                .toList());
  }

  /** How a manager is. */
  public ManagerStatus status(String id) {
    return call(id, () -> manager(id).status());
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

  /** Ends a manager at once; events in hand come back when their leases expire. */
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
   */
  public LimitSettings updateLimit(String id, RateLimit limit) {
    return call(id, () -> manager(id).updateLimit(limit));
  }

  /**
   * Changes how many workers there may be.
   *
   * @throws ManagerException.Refused if the manager refuses it
   */
  public void setWorkers(String id, int min, int max) {
    call(
        id,
        () -> {
          manager(id).setWorkers(min, max);
          return id;
        });
  }

  private RateLimitManagerWorkflow manager(String id) {
    return client.newWorkflowStub(RateLimitManagerWorkflow.class, id);
  }

  @com.google.errorprone.annotations.CanIgnoreReturnValue
  private <T> T call(String id, Supplier<T> action) {
    try {
      return action.get();
    } catch (WorkflowExecutionAlreadyStarted taken) {
      throw new ManagerException.AlreadyStarted(id, taken);
    } catch (WorkflowNotFoundException unknown) {
      throw new ManagerException.UnknownManager(id, unknown);
    } catch (WorkflowUpdateException refused) {
      Throwable why = refused.getCause() == null ? refused : refused.getCause();
      throw new ManagerException.Refused(
          "manager \"" + id + "\" refused: " + why.getMessage(), refused);
    } catch (WorkflowFailedException ended) {
      throw new ManagerException.Ended(id, ended);
    } catch (WorkflowServiceException failure) {
      throw unreachable(failure.getCause() == null ? failure : failure.getCause());
    } catch (WorkflowException failure) {
      throw new ManagerException.Ended(id, failure);
    } catch (StatusRuntimeException failure) {
      throw unreachable(failure);
    }
  }

  private ManagerException unreachable(Throwable failure) {
    if (failure instanceof StatusRuntimeException grpc
        && grpc.getStatus().getCode() == Status.Code.NOT_FOUND) {
      return new ManagerException.UnknownNamespace(client.getOptions().getNamespace(), failure);
    }
    String target = client.getWorkflowServiceStubs().getOptions().getTarget();
    return new ManagerException.ServerUnreachable(target, failure);
  }

  /** Lets go of the connection, if this client opened it; managers go on. */
  @Override
  public void close() {
    if (ownStubs != null) {
      ownStubs.shutdownNow();
    }
  }
}
