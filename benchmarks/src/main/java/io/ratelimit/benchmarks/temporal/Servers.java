package io.ratelimit.benchmarks.temporal;

import io.ratelimit.testkit.server.DevServer;
import io.ratelimit.testkit.server.LocalRedis;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.stream.Stream;

/** This program's own Temporal server and Redis, on the loopback address. */
final class Servers implements AutoCloseable {

  private static final int MOST_LOOKS = 60;
  private static final long BETWEEN_LOOKS_MILLIS = 1_000;

  private final LocalRedis redis = LocalRedis.start();
  private final DevServer temporal;
  private final WorkflowServiceStubs stubs;
  private final WorkflowClient client;

  Servers() {
    try {
      temporal = DevServer.start();
    } catch (RuntimeException failure) {
      redis.close();
      throw failure;
    }
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.target()).build());
    client =
        WorkflowClient.newInstance(
            stubs, WorkflowClientOptions.newBuilder().setNamespace(DevServer.NAMESPACE).build());
  }

  String redisUri() {
    return redis.uri();
  }

  WorkflowClient client() {
    return client;
  }

  Usage usage() {
    return Usage.now(temporal.process(), redis.process());
  }

  /** Returns the number of history entries of all runs of an ended workflow. */
  long historyOf(String workflowId) throws InterruptedException {
    long entries = historyListed(workflowId);
    // Lists lag behind, so wait for two equal ones.
    for (int look = 0; look < MOST_LOOKS; look++) {
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
      long again = historyListed(workflowId);
      if (again == entries && entries > 0) {
        return entries;
      }
      entries = again;
    }
    throw new IllegalStateException("the server lists no end of " + workflowId);
  }

  private long historyListed(String workflowId) {
    try (Stream<WorkflowExecutionMetadata> runs =
        client.listExecutions("WorkflowId = '" + workflowId + "'")) {
      return runs.mapToLong(WorkflowExecutionMetadata::getHistoryLength).sum();
    }
  }

  @Override
  public void close() {
    stubs.shutdownNow();
    temporal.close();
    redis.close();
  }
}
