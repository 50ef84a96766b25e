package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.testkit.server.DevServer;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentVersionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.SetWorkerDeploymentCurrentVersionRequest;
import io.temporal.common.VersioningBehavior;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerDeploymentOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Worker Versioning on a real server: the build that a manager and its lanes run on. */
class VersioningTest {

  private static final int LIMIT = 5;
  private static final int BATCH = 8;

  private final String id = "versioning-" + UUID.randomUUID();
  private final EventQueue queue =
      InMemoryEventQueue.create(RateLimit.of(LIMIT).per(Duration.ofSeconds(1)));
  private final Temporal temporal = Temporal.open();
  private final RateLimitClient client = RateLimitClient.of(temporal.client(), id);
  private final Map<String, String> handledBy = new ConcurrentHashMap<>();
  private int published;

  @AfterEach
  void close() {
    temporal.close();
    queue.close();
  }

  private WorkerDeploymentOptions.Builder build(String buildId) {
    return WorkerDeploymentOptions.newBuilder()
        .setUseVersioning(true)
        .setVersion(new WorkerDeploymentVersion(id, buildId));
  }

  private RateLimitWorker.Builder worker(String name) {
    return RateLimitWorker.builder(queue)
        .taskQueue(id)
        .name(name)
        .handler(
            event -> {
              handledBy.put(event.id(), name);
            });
  }

  private RateLimitWorker connected(RateLimitWorker.Builder worker) {
    return worker.connect(DevServer.shared().target(), DevServer.NAMESPACE);
  }

  private RateLimitWorker versioned(String buildId) {
    WorkerDeploymentOptions deployment =
        build(buildId).setDefaultVersioningBehavior(VersioningBehavior.AUTO_UPGRADE).build();
    return connected(
        worker(buildId).workerOptions(options -> options.setDeploymentOptions(deployment)));
  }

  /** Retries: the server refuses until it knows the build's task queues. */
  private void makeCurrent(String buildId) {
    await()
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(
            () -> {
              var unused =
                  temporal
                      .stubs()
                      .blockingStub()
                      .setWorkerDeploymentCurrentVersion(
                          SetWorkerDeploymentCurrentVersionRequest.newBuilder()
                              .setNamespace(DevServer.NAMESPACE)
                              .setDeploymentName(id)
                              .setBuildId(buildId)
                              .build());
              return true;
            });
  }

  private String buildOfTheManager() {
    return temporal
        .stubs()
        .blockingStub()
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(DevServer.NAMESPACE)
                .setExecution(WorkflowExecution.newBuilder().setWorkflowId(id))
                .build())
        .getWorkflowExecutionInfo()
        .getVersioningInfo()
        .getDeploymentVersion()
        .getBuildId();
  }

  private List<String> taskQueuesOf(String buildId) {
    return temporal
        .stubs()
        .blockingStub()
        .describeWorkerDeploymentVersion(
            DescribeWorkerDeploymentVersionRequest.newBuilder()
                .setNamespace(DevServer.NAMESPACE)
                .setDeploymentVersion(
                    io.temporal.api.deployment.v1.WorkerDeploymentVersion.newBuilder()
                        .setDeploymentName(id)
                        .setBuildId(buildId))
                .build())
        .getVersionTaskQueuesList()
        .stream()
        .map(taskQueue -> taskQueue.getName())
        .distinct()
        .toList();
  }

  private void publish(int events) {
    for (int i = 0; i < events; i++) {
      queue.publish(AuditEvent.of("e" + ++published, EventType.NEW_BALANCE_UPDATE, "w"));
    }
  }

  private void awaitAllDone() {
    await().until(() -> queue.stats().done() == published);
  }

  /** Publishes more than a window allows, changes the build in the meantime, and waits for both. */
  private void upgradeAtWork(String buildId) {
    publish(BATCH);
    makeCurrent(buildId);
    awaitAllDone();
    publish(BATCH);
    await().until(() -> handledBy.containsValue(buildId));
    assertThat(buildOfTheManager()).isEqualTo(buildId);
    assertThat(taskQueuesOf(buildId)).contains(id, RateLimitWorker.queueCallsTaskQueue(id));
    awaitAllDone();
  }

  @Test
  void aServiceRunsOnThroughARollingUpgradeAndARollback() {
    RateLimitWorker unversioned = connected(worker("unversioned"));
    client.start(
        id,
        ManagerOptions.continuous()
            .withDecisionIntervals(Duration.ofMillis(100), Duration.ofMinutes(30)));
    publish(BATCH);
    awaitAllDone();

    RateLimitWorker old = versioned("v1");
    upgradeAtWork("v1");
    unversioned.close();
    RateLimitWorker young = versioned("v2");
    publish(BATCH);
    awaitAllDone();
    assertThat(handledBy).doesNotContainValue("v2");
    upgradeAtWork("v2");

    // Back, and forward again without the older one.
    handledBy.clear();
    upgradeAtWork("v1");
    handledBy.clear();
    upgradeAtWork("v2");
    old.close();
    handledBy.clear();
    publish(BATCH);
    awaitAllDone();
    assertThat(handledBy.values()).containsOnly("v2");

    client.stop(id);
    assertThat(client.result(id, Duration.ofMinutes(1)).done()).isEqualTo(published);
    assertThat(queue.stats().starts()).isEqualTo(published);
    assertThat(queue.stats().largestWindowSince(Instant.EPOCH)).isLessThanOrEqualTo(LIMIT);
    assertThat(client.describe(id).problem()).isEmpty();
    young.close();
  }

  /** The server would refuse every task of a manager on it, forever. */
  @Test
  void aBuildThatSaysNothingOfRunningManagersIsRefused() {
    WorkerDeploymentOptions silent = build("v1").build();
    RateLimitWorker.Builder own =
        worker("own").workerOptions(options -> options.setDeploymentOptions(silent));

    assertThatThrownBy(() -> connected(own))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AUTO_UPGRADE");

    WorkerFactory factory = WorkerFactory.newInstance(temporal.client());
    Worker lanes =
        factory.newWorker(id, WorkerOptions.newBuilder().setDeploymentOptions(silent).build());
    Worker calls = factory.newWorker(RateLimitWorker.queueCallsTaskQueue(id));
    assertThatThrownBy(() -> worker("hosts").register(lanes, calls))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AUTO_UPGRADE");
  }
}
