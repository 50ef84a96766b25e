package io.ratelimit.temporal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.concurrent.TimeUnit;

/** Connections to a server, and whether they work. */
final class Connection {

  static WorkflowServiceStubs open(String target) {
    return WorkflowServiceStubs.newServiceStubs(
        WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
  }

  /** Asks the server for the namespace, once. */
  static void check(WorkflowClient client, String target) {
    String namespace = client.getOptions().getNamespace();
    try {
      DescribeNamespaceResponse unused =
          client
              .getWorkflowServiceStubs()
              .blockingStub()
              .withDeadlineAfter(Timeouts.CONNECT.toMillis(), TimeUnit.MILLISECONDS)
              .describeNamespace(
                  DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build());
    } catch (StatusRuntimeException failure) {
      if (failure.getStatus().getCode() == Status.Code.NOT_FOUND) {
        throw new ManagerException.UnknownNamespace(namespace, failure);
      }
      throw new ManagerException.ServerUnreachable(target, failure);
    }
  }

  private Connection() {}
}
