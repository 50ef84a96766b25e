package io.ratelimit.temporal;

import io.ratelimit.testkit.server.DevServer;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.function.Consumer;

/** A client of the tests' server, with a test's own options. */
public record Temporal(WorkflowServiceStubs stubs, WorkflowClient client) implements AutoCloseable {

  public static Temporal open() {
    return open(options -> {});
  }

  public static Temporal open(Consumer<WorkflowClientOptions.Builder> change) {
    return open(DevServer.shared(), change);
  }

  public static Temporal open(DevServer server, Consumer<WorkflowClientOptions.Builder> change) {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(server.target()).build());
    WorkflowClientOptions.Builder options =
        WorkflowClientOptions.newBuilder().setNamespace(DevServer.NAMESPACE);
    change.accept(options);
    return new Temporal(stubs, WorkflowClient.newInstance(stubs, options.build()));
  }

  @Override
  public void close() {
    stubs.shutdownNow();
  }
}
