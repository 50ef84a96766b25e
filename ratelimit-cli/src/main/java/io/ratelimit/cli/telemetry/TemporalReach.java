package io.ratelimit.cli.telemetry;

import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.concurrent.TimeUnit;

/** Checks whether a Temporal server and a namespace can be reached. */
final class TemporalReach implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 3;

  private final WorkflowServiceStubs stubs;
  private final String namespace;

  TemporalReach(WorkflowServiceStubsOptions server, WorkflowClientOptions client) {
    this.stubs = WorkflowServiceStubs.newServiceStubs(server);
    this.namespace =
        WorkflowClientOptions.newBuilder(client).validateAndBuildWithDefaults().getNamespace();
  }

  /** Asks for the namespace; throws gRPC's exception if there is no answer in time. */
  void use() {
    var unused =
        stubs
            .blockingStub()
            .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .describeNamespace(
                DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build());
  }

  @Override
  public void close() {
    stubs.shutdownNow();
  }
}
