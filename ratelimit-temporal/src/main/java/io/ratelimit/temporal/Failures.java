package io.ratelimit.temporal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.ratelimit.core.internal.check.Printable;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.failure.TemporalFailure;
import io.temporal.serviceclient.StatusUtils;
import java.util.Optional;

/** Says what the SDK's exceptions mean for a manager. */
final class Failures {

  private final String target;
  private final String namespace;

  Failures(WorkflowClient client) {
    this.target = client.getWorkflowServiceStubs().getOptions().getTarget();
    this.namespace = client.getOptions().getNamespace();
  }

  /** What went wrong with a manager. */
  ManagerException ofManager(String id, RuntimeException failure) {
    Optional<StatusRuntimeException> status = status(failure);
    if (failure instanceof WorkflowExecutionAlreadyStarted) {
      return new ManagerException.AlreadyStarted(id, failure);
    }
    if (failure instanceof WorkflowUpdateException) {
      Throwable why = failure.getCause() == null ? failure : failure.getCause();
      return new ManagerException.Refused(
          "manager " + Printable.quoted(id) + " refused: " + why.getMessage(), failure);
    }
    if (failure instanceof WorkflowFailedException) {
      return new ManagerException.Ended(id, origin(failure), failure);
    }
    if (failure instanceof WorkflowNotFoundException
        && status.filter(Failures::isNamespace).isEmpty()) {
      return new ManagerException.UnknownManager(id, failure);
    }
    if (status.filter(Failures::isLate).isPresent()) {
      return new ManagerException.NoAnswer(id, failure);
    }
    if (status.isPresent()) {
      return ofServer(status.get());
    }
    return failure instanceof WorkflowServiceException
        ? new ManagerException.ServerUnreachable(target, failure)
        : new ManagerException.Ended(id, origin(failure), failure);
  }

  /** What went wrong with a schedule. */
  ManagerException ofSchedule(String id, RuntimeException failure) {
    if (failure instanceof ScheduleAlreadyRunningException) {
      return new ManagerException.ScheduleConflict(id, failure);
    }
    Optional<StatusRuntimeException> status = status(failure);
    if (status.isEmpty()) {
      return new ManagerException.ServerUnreachable(target, failure);
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

  /** What went wrong with the server. */
  ManagerException ofServer(StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case NOT_FOUND -> new ManagerException.UnknownNamespace(namespace, failure);
      case PERMISSION_DENIED, UNAUTHENTICATED ->
          new ManagerException.Denied(target, namespace, failure);
      case UNIMPLEMENTED ->
          new ManagerException.Unsupported(
              "the Temporal server at " + target + " cannot do this", failure);
      default -> new ManagerException.ServerUnreachable(target, failure);
    };
  }

  /** What it began with; the SDK's own message names ids and codes. */
  private static String origin(Throwable failure) {
    Throwable first = failure;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first instanceof TemporalFailure told
        ? String.valueOf(told.getOriginalMessage())
        : String.valueOf(first.getMessage());
  }

  private static boolean isLate(StatusRuntimeException failure) {
    return failure.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
  }

  private static boolean isNamespace(StatusRuntimeException failure) {
    return StatusUtils.hasFailure(failure, NamespaceNotFoundFailure.class);
  }

  private static Optional<StatusRuntimeException> status(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StatusRuntimeException status) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }
}
