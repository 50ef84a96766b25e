package io.ratelimit.temporal.internal.client;

import io.grpc.StatusRuntimeException;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.concurrent.TimeUnit;

/** Opens connections to a server, and checks that they work. */
public final class Connection {

  /** Returns the options for a server without TLS. */
  public static WorkflowServiceStubsOptions plain(String target) {
    return WorkflowServiceStubsOptions.newBuilder().setTarget(target).build();
  }

  public static WorkflowClientOptions in(String namespace) {
    return WorkflowClientOptions.newBuilder().setNamespace(namespace).build();
  }

  /**
   * Opens a connection and asks the server for the namespace once. Closing the client's stubs
   * closes the connection.
   */
  public static WorkflowClient open(
      WorkflowServiceStubsOptions server, WorkflowClientOptions options) {
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(server);
    try {
      WorkflowClient client = WorkflowClient.newInstance(stubs, options);
      check(client);
      return client;
    } catch (RuntimeException failure) {
      stubs.shutdownNow();
      throw failure;
    }
  }

  private static void check(WorkflowClient client) {
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
      throw new Failures(client).ofServer(failure);
    }
  }

  private Connection() {}
}
