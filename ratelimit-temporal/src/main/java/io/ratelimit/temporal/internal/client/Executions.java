package io.ratelimit.temporal.internal.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.Activities;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.ManagerSummary;
import io.ratelimit.temporal.internal.wire.PollerIdentity;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerPage;
import io.ratelimit.temporal.manager.ManagerQuery;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.ratelimit.temporal.manager.PollingWorker;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowTaskFailedEventAttributes;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryReverseRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.TerminateWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.converter.RawValue;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Asks the server what it knows about workflows without a worker. Throws gRPC's exception if the
 * server does not answer in time.
 */
public final class Executions {

  /** How many entries of a history to search for the last failure. */
  private static final int LATEST = 20;

  /** A task that failed once may succeed in another worker, for example in a rolling upgrade. */
  private static final int FAILED_AGAIN = 2;

  /** A single timeout may come from a worker that is gone. */
  private static final int TIMED_OUT_AGAIN = 3;

  /** Failures that happen in normal operation. */
  private static final Set<WorkflowTaskFailedCause> HARMLESS =
      Set.of(
          WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
          WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
          WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
          WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE);

  private final WorkflowClient client;

  public Executions(WorkflowClient client) {
    this.client = client;
  }

  private WorkflowServiceBlockingStub server() {
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(Timeouts.LOOK_UP.toMillis(), TimeUnit.MILLISECONDS);
  }

  private String namespace() {
    return client.getOptions().getNamespace();
  }

  /** Returns the workflow with an id, whatever its type. */
  public DescribeWorkflowExecutionResponse find(String id) {
    return server()
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(namespace())
                .setExecution(WorkflowExecution.newBuilder().setWorkflowId(id))
                .build());
  }

  public static String type(DescribeWorkflowExecutionResponse found) {
    return found.getWorkflowExecutionInfo().getType().getName();
  }

  public ManagerDescription describe(DescribeWorkflowExecutionResponse found) {
    return described(found.getWorkflowExecutionInfo(), Optional.of(found));
  }

  /**
   * Terminates a workflow and the runs that it has continued as, but no other workflow with its id.
   */
  public void terminate(DescribeWorkflowExecutionResponse found, String reason) {
    WorkflowExecutionInfo info = found.getWorkflowExecutionInfo();
    var unused =
        server()
            .terminateWorkflowExecution(
                TerminateWorkflowExecutionRequest.newBuilder()
                    .setNamespace(namespace())
                    .setWorkflowExecution(
                        WorkflowExecution.newBuilder()
                            .setWorkflowId(info.getExecution().getWorkflowId()))
                    .setFirstExecutionRunId(info.getFirstRunId())
                    .setReason(reason)
                    .setIdentity(client.getOptions().getIdentity())
                    .build());
  }

  /** Returns managers of a task queue. */
  public ManagerPage list(String taskQueue, ManagerQuery query) {
    ListWorkflowExecutionsResponse found =
        server()
            .listWorkflowExecutions(
                ListWorkflowExecutionsRequest.newBuilder()
                    .setNamespace(namespace())
                    .setPageSize(query.limit())
                    .setNextPageToken(query.page().map(Executions::token).orElse(ByteString.EMPTY))
                    .setQuery(visibility(taskQueue, query))
                    .build());
    List<ManagerDescription> managers =
        found.getExecutionsList().stream().map(this::listed).toList();
    ByteString next = found.getNextPageToken();
    return new ManagerPage(
        managers,
        next.isEmpty()
            ? Optional.empty()
            : Optional.of(Base64.getUrlEncoder().encodeToString(next.toByteArray())));
  }

  private static ByteString token(String page) {
    try {
      return ByteString.copyFrom(Base64.getUrlDecoder().decode(page));
    } catch (IllegalArgumentException noToken) {
      throw new IllegalArgumentException("\"" + page + "\" is not a page of a list", noToken);
    }
  }

  static String visibility(String taskQueue, ManagerQuery query) {
    return "WorkflowType = '"
        + ManagerTypes.WORKFLOW
        + "' AND TaskQueue = '"
        + taskQueue.replace("'", "''")
        + "'"
        + (query.ended() ? "" : " AND ExecutionStatus = 'Running'");
  }

  /** Describes a manager in a list. Lists lag behind, and do not report problems. */
  private ManagerDescription listed(WorkflowExecutionInfo info) {
    return isRunning(info)
        ? describe(find(info.getExecution().getWorkflowId()))
        : described(info, Optional.empty());
  }

  public static boolean isRunning(WorkflowExecutionInfo info) {
    return info.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  private ManagerDescription described(
      WorkflowExecutionInfo info, Optional<DescribeWorkflowExecutionResponse> details) {
    Optional<ManagerSummary> summary = summary(info);
    boolean running = isRunning(info);
    return new ManagerDescription(
        info.getExecution().getWorkflowId(),
        info.getStatus().name().replace("WORKFLOW_EXECUTION_STATUS_", ""),
        info.getTaskQueue(),
        instant(info.getStartTime()),
        info.hasCloseTime() ? Optional.of(instant(info.getCloseTime())) : Optional.empty(),
        summary.flatMap(ManagerSummary::queue),
        summary.map(ManagerSummary::state).filter(any -> running),
        summary.flatMap(ManagerSummary::pending),
        summary.flatMap(ManagerSummary::workers),
        running ? details.map(Executions::lanes).orElse(0) : 0,
        details.filter(any -> running).flatMap(this::problem),
        summary.flatMap(ManagerSummary::end).filter(any -> !running));
  }

  private static int lanes(DescribeWorkflowExecutionResponse found) {
    return (int)
        found.getPendingActivitiesList().stream()
            .filter(Activities::isLane)
            .filter(
                activity ->
                    activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED)
            .count();
  }

  private Optional<ManagerSummary> summary(WorkflowExecutionInfo info) {
    Payload payload = info.getMemo().getFieldsMap().get(ManagerTypes.MEMO);
    if (payload == null) {
      return Optional.empty();
    }
    try {
      DataConverter converter = client.getOptions().getDataConverter();
      RawValue raw = converter.fromPayload(payload, RawValue.class, RawValue.class);
      return Optional.of(Json.read(raw, ManagerSummary.class));
    } catch (DataConverterException anotherForm) {
      // Another version or codec wrote it: its contents are unknown.
      return Optional.empty();
    }
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  /** Returns why a workflow is stuck, if it is. */
  private Optional<String> problem(DescribeWorkflowExecutionResponse found) {
    int attempt = found.getPendingWorkflowTask().getAttempt();
    if (!found.hasPendingWorkflowTask() || attempt < FAILED_AGAIN) {
      return Optional.empty();
    }
    List<HistoryEvent> latest =
        server()
            .getWorkflowExecutionHistoryReverse(
                GetWorkflowExecutionHistoryReverseRequest.newBuilder()
                    .setNamespace(namespace())
                    .setExecution(found.getWorkflowExecutionInfo().getExecution())
                    .setMaximumPageSize(LATEST)
                    .build())
            .getHistory()
            .getEventsList();
    for (HistoryEvent event : latest) {
      if (event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) {
        return Optional.empty();
      }
      if (event.hasWorkflowTaskFailedEventAttributes()) {
        return failed(event.getWorkflowTaskFailedEventAttributes(), attempt);
      }
      if (event.hasWorkflowTaskTimedOutEventAttributes()
          && attempt >= TIMED_OUT_AGAIN
          && event.getWorkflowTaskTimedOutEventAttributes().getTimeoutType()
              == TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE) {
        return Optional.of("its workflow task is not done in time, attempt " + attempt);
      }
    }
    return Optional.empty();
  }

  private Optional<String> failed(WorkflowTaskFailedEventAttributes failed, int attempt) {
    if (HARMLESS.contains(failed.getCause())) {
      return Optional.empty();
    }
    return Optional.of(
        "its workflow task fails, attempt "
            + attempt
            + ", "
            + failed.getCause().name().replace("WORKFLOW_TASK_FAILED_CAUSE_", "")
            + ": "
            + message(failed));
  }

  private String message(WorkflowTaskFailedEventAttributes failed) {
    DataConverter converter = client.getOptions().getDataConverter();
    return Failures.firstLine(Failures.origin(converter.failureToException(failed.getFailure())));
  }

  /** Returns the workers that poll for the lanes of a task queue. */
  public List<PollingWorker> workers(String taskQueue) {
    return server()
        .describeTaskQueue(
            DescribeTaskQueueRequest.newBuilder()
                .setNamespace(namespace())
                .setTaskQueue(TaskQueue.newBuilder().setName(taskQueue))
                .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                .build())
        .getPollersList()
        .stream()
        .map(Executions::worker)
        .toList();
  }

  private static PollingWorker worker(PollerInfo poller) {
    return new PollingWorker(
        poller.getIdentity(),
        PollerIdentity.queueOf(poller.getIdentity()),
        PollerIdentity.slotsOf(poller.getIdentity()),
        Optional.of(poller.getDeploymentOptions().getBuildId()).filter(id -> !id.isEmpty()),
        instant(poller.getLastAccessTime()));
  }
}
