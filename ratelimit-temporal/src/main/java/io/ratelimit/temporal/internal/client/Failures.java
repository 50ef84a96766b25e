package io.ratelimit.temporal.internal.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.temporal.internal.wire.QueueNames;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowQueryException;
import io.temporal.client.WorkflowQueryRejectedException;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.common.converter.DataConverterException;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.payload.codec.PayloadCodecException;
import io.temporal.serviceclient.StatusUtils;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Translates the SDK's exceptions. It looks for each cause separately, along the chain of causes;
 * an unknown failure becomes {@link ManagerException.Unexpected} if it came from the server, and
 * otherwise stays as it is.
 */
public final class Failures {

  private static final int LONGEST_MESSAGE = 500;

  /** How a server declines to list pollers: to this client, or at all. */
  private static final Set<Status.Code> NOT_TOLD =
      Set.of(Status.Code.PERMISSION_DENIED, Status.Code.UNIMPLEMENTED);

  private final String target;
  private final String namespace;
  private final Executions executions;

  public Failures(WorkflowClient client) {
    this.target = client.getWorkflowServiceStubs().getOptions().getTarget();
    this.namespace = client.getOptions().getNamespace();
    this.executions = new Executions(client);
  }

  /**
   * Translates the failure of a call to a manager. Asks the server if the failure alone does not
   * tell the cause.
   */
  public RuntimeException ofManager(String id, RuntimeException failure) {
    Optional<StatusRuntimeException> status = find(StatusRuntimeException.class, failure);
    if (failure instanceof ManagerException) {
      return failure;
    }
    if (failure instanceof WorkflowExecutionAlreadyStarted) {
      return new ManagerException.AlreadyStarted(id, failure);
    }
    if (failure instanceof WorkflowUpdateException) {
      return ofUpdate(id, failure);
    }
    if (failure instanceof WorkflowFailedException || failure instanceof CanceledFailure) {
      return new ManagerException.Ended(id, end(failure), failure);
    }
    if (find(DataConverterException.class, failure).isPresent()
        || find(PayloadCodecException.class, failure).isPresent()) {
      return diagnosed(id, failure, new ManagerException.Unreadable(id, failure));
    }
    if (find(InterruptedException.class, failure).isPresent()) {
      Thread.currentThread().interrupt();
      return new ManagerException.Cancelled(failure);
    }
    if (failure instanceof WorkflowQueryException
        && !(failure instanceof WorkflowQueryRejectedException)) {
      return diagnosed(id, failure, new ManagerException.Refused(refusal(id, failure), failure));
    }
    if (status.isEmpty()) {
      return failure;
    }
    return switch (status.get().getStatus().getCode()) {
      case DEADLINE_EXCEEDED, FAILED_PRECONDITION ->
          diagnosed(id, failure, unanswered(id, status.get()));
      case NOT_FOUND ->
          isNamespace(status.get())
              ? ofServer(status.get())
              : diagnosed(id, failure, new ManagerException.UnknownManager(id, failure));
      default -> ofServer(status.get());
    };
  }

  private static String end(Throwable failure) {
    String why = firstLine(origin(failure));
    if (find(TerminatedFailure.class, failure).isPresent()) {
      return "it was terminated, with the reason \"" + why + '"';
    }
    if (find(CanceledFailure.class, failure).isPresent()) {
      return "it was canceled";
    }
    return find(TimeoutFailure.class, failure).isPresent() ? "it timed out, " + why : why;
  }

  private ManagerException ofUpdate(String id, RuntimeException failure) {
    Optional<ActivityFailure> call = find(ActivityFailure.class, failure);
    if (call.isPresent() && !isRefusal(call.get())) {
      String why =
          call.get().getCause() instanceof TimeoutFailure late && late.getCause() == null
              ? "its calls are not answered in time"
              : firstLine(origin(call.get()));
      return new ManagerException.QueueUnreachable(id, why, failure);
    }
    return new ManagerException.Refused(refusal(id, failure), failure);
  }

  /** Returns whether the queue answered the call with a refusal. */
  private static boolean isRefusal(ActivityFailure call) {
    return find(ApplicationFailure.class, call)
        .filter(
            told ->
                told.getType().equals(IllegalArgumentException.class.getName())
                    || told.getType().equals(QueueNames.ANOTHER_QUEUE))
        .isPresent();
  }

  private static String refusal(String id, Throwable failure) {
    return "manager " + Printable.quoted(id) + " refused: " + firstLine(origin(failure));
  }

  /**
   * Returns the failure that the server's knowledge of the workflow explains, or else the given
   * one.
   */
  private ManagerException diagnosed(String id, Throwable failure, ManagerException otherwise) {
    try {
      DescribeWorkflowExecutionResponse found = executions.find(id);
      if (!Executions.type(found).equals(ManagerTypes.WORKFLOW)) {
        return new ManagerException.NotAManager(id, Executions.type(found), failure);
      }
      ManagerDescription manager = executions.describe(found);
      if (manager.problem().isPresent()) {
        return new ManagerException.Stuck(id, manager.problem().get(), failure);
      }
      if (!manager.running() && otherwise instanceof ManagerException.UnknownManager) {
        return new ManagerException.NotRunning(manager, failure);
      }
      if (otherwise instanceof ManagerException.NoAnswer && isWithoutWorkers(manager)) {
        return new ManagerException.NoAnswer(
            id,
            "no worker asks for work of its task queue \"" + manager.taskQueue() + '"',
            failure);
      }
      return otherwise;
    } catch (StatusRuntimeException unknown) {
      return unknown.getStatus().getCode() == Status.Code.NOT_FOUND
              || otherwise instanceof ManagerException.NoAnswer
          ? lookingUp(id, unknown)
          : otherwise;
    }
  }

  /** Returns whether no worker polls; false if this client may not know. */
  private boolean isWithoutWorkers(ManagerDescription manager) {
    try {
      return executions.workers(manager.taskQueue()).isEmpty();
    } catch (StatusRuntimeException unknown) {
      if (NOT_TOLD.contains(unknown.getStatus().getCode())) {
        return false;
      }
      throw unknown;
    }
  }

  /** Translates the failure of a lookup of a workflow. */
  public ManagerException lookingUp(String id, StatusRuntimeException failure) {
    return failure.getStatus().getCode() == Status.Code.NOT_FOUND && !isNamespace(failure)
        ? new ManagerException.UnknownManager(id, failure)
        : ofServer(failure);
  }

  /** Returns why there is no result yet. */
  public ManagerException unfinished(String id, Duration timeout, Throwable late) {
    return diagnosed(id, late, new ManagerException.NotFinished(id, timeout, late));
  }

  private static ManagerException unanswered(String id, StatusRuntimeException status) {
    return new ManagerException.NoAnswer(
        id,
        status.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
            ? "its workers did not get to it in time"
            : firstLine(String.valueOf(status.getStatus().getDescription())),
        status);
  }

  /** Translates the failure of a call to a schedule. */
  public RuntimeException ofSchedule(String id, RuntimeException failure) {
    if (failure instanceof ScheduleAlreadyRunningException) {
      return new ManagerException.ScheduleConflict(id, failure);
    }
    Optional<StatusRuntimeException> status = find(StatusRuntimeException.class, failure);
    if (status.isEmpty()) {
      return failure;
    }
    return switch (status.get().getStatus().getCode()) {
      case UNIMPLEMENTED ->
          new ManagerException.Unsupported(
              "the Temporal server at " + target + " has no schedules", failure);
      case NOT_FOUND ->
          isNamespace(status.get())
              ? ofServer(status.get())
              : new ManagerException.UnknownSchedule(id, failure);
      default -> ofServer(status.get());
    };
  }

  /** Translates a failure of the server. */
  ManagerException ofServer(StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          new ManagerException.ServerUnreachable(target, failure);
      case PERMISSION_DENIED, UNAUTHENTICATED ->
          new ManagerException.Denied(target, namespace, failure);
      case RESOURCE_EXHAUSTED -> new ManagerException.Overloaded(target, failure);
      case INVALID_ARGUMENT ->
          new ManagerException.Refused(
              "the Temporal server at "
                  + target
                  + " refuses this: "
                  + firstLine(String.valueOf(failure.getStatus().getDescription())),
              failure);
      case UNIMPLEMENTED ->
          new ManagerException.Unsupported(
              "the Temporal server at " + target + " cannot do this", failure);
      case CANCELLED -> new ManagerException.Cancelled(failure);
      case NOT_FOUND ->
          isNamespace(failure)
              ? new ManagerException.UnknownNamespace(namespace, failure)
              : new ManagerException.Unexpected(target, failure);
      default -> new ManagerException.Unexpected(target, failure);
    };
  }

  /** Returns the original message; the SDK's own message adds ids and codes. */
  static String origin(Throwable failure) {
    Throwable first = failure;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first instanceof TemporalFailure told
        ? String.valueOf(told.getOriginalMessage())
        : String.valueOf(first.getMessage());
  }

  static String firstLine(String message) {
    String line = message.lines().findFirst().orElse("");
    return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE - 1) + "…";
  }

  private boolean isNamespace(StatusRuntimeException failure) {
    return StatusUtils.hasFailure(failure, NamespaceNotFoundFailure.class);
  }

  private static <T extends Throwable> Optional<T> find(Class<T> type, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
    }
    return Optional.empty();
  }
}
