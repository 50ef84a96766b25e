package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerQuery;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.ratelimit.testkit.server.DevServer;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The client's methods against a real server. */
@Execution(ExecutionMode.CONCURRENT)
class ClientTest {

  private static final Duration SOON = Duration.ofMinutes(2);

  private final String id = "client-" + UUID.randomUUID();
  private final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(6_000).perMinute());
  private final CountDownLatch mayFinish = new CountDownLatch(1);
  private final RateLimitClient client =
      RateLimitClient.connect(DevServer.shared().target(), DevServer.NAMESPACE, id);
  private final RateLimitWorker worker =
      RateLimitWorker.builder(queue)
          .handler(
              event -> {
                mayFinish.await();
              })
          .taskQueue(id)
          .connect(DevServer.shared().target(), DevServer.NAMESPACE);

  @AfterEach
  void close() {
    mayFinish.countDown();
    worker.close();
    client.close();
    queue.close();
  }

  private void publish(int events) {
    queue.publish(
        IntStream.range(0, events)
            .mapToObj(i -> AuditEvent.of("e" + i, EventType.NEW_BALANCE_UPDATE, "w" + i))
            .toList());
  }

  private ManagerStatus.State state() {
    return client.status(id).state();
  }

  private static ManagerOptions service() {
    return ManagerOptions.continuous()
        .withDecisionIntervals(Duration.ofMillis(200), Duration.ofSeconds(1));
  }

  private List<ManagerDescription> listed() {
    return client.list(ManagerQuery.RUNNING.withEnded(true)).managers();
  }

  @Test
  void aRoundIsStartedWatchedAndReported() {
    publish(5);
    client.start(id, ManagerOptions.round());

    await().until(() -> client.status(id).workersActive() > 0);
    assertThat(client.status(id).queue()).isPresent();
    assertThatThrownBy(() -> client.result(id, Duration.ofMillis(50)))
        .isInstanceOf(ManagerException.NotFinished.class)
        .hasMessageContaining(id);

    mayFinish.countDown();
    assertThat(client.result(id, SOON).done()).isEqualTo(5);
    // An ended manager still has a status and a result.
    assertThat(client.status(id).counts().done()).isEqualTo(5);
    assertThat(client.result(id, SOON).remaining()).isZero();
  }

  /** An earlier version wrote these options; the deadline would be a guess. */
  @Test
  void optionsInAnotherFormEndTheManagerAndSayWhatToDo() {
    try (Temporal temporal = Temporal.open()) {
      WorkflowStub manager =
          temporal
              .client()
              .newUntypedWorkflowStub(
                  ManagerTypes.WORKFLOW,
                  WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue(id).build());
      var unused =
          manager.start(
              Map.of("mode", "ROUND", "deadline", 180, "idleTick", 30, "ticksPerRun", 0), null);
    }

    assertThatThrownBy(() -> client.result(id, SOON))
        .isInstanceOf(ManagerException.Ended.class)
        .hasMessageContaining("terms")
        .hasMessageContaining("start the manager with options of this version");
    assertThat(listed().get(0).status()).isEqualTo("FAILED");
  }

  @Test
  void aListSaysWhatEachManagerIsDoing() {
    publish(3);
    client.start(id, service().withWorkers(1, 1));

    await().until(() -> !listed().isEmpty() && listed().get(0).workers().isPresent());
    ManagerDescription running = listed().get(0);
    assertThat(running.running()).isTrue();
    assertThat(running.status()).isEqualTo("RUNNING");
    assertThat(running.pending()).contains(3L);
    assertThat(running.workers()).contains(1);

    client.pause(id);
    await().until(() -> listed().get(0).state().equals(Optional.of(ManagerStatus.State.PAUSED)));

    client.terminate(id, "the test is over");
    await().until(() -> !listed().get(0).running());
    assertThat(listed().get(0).status()).isEqualTo("TERMINATED");
    assertThat(listed().get(0).state()).isEmpty();
  }

  @Test
  void aServiceIsPausedResumedAndStopped() {
    mayFinish.countDown();
    client.start(id, service());

    client.pause(id);
    await().until(() -> state() == ManagerStatus.State.PAUSED);
    publish(2);
    client.resume(id);
    await().until(() -> queue.stats().done() == 2);

    client.stop(id);
    assertThat(client.result(id, SOON).done()).isEqualTo(2);
    assertThatThrownBy(() -> client.stop(id))
        .isInstanceOf(ManagerException.NotRunning.class)
        .hasMessageContaining("completed");
  }

  @Test
  void stopLetsTheEventInHandBeFinished() {
    publish(1);
    client.start(id, service());
    await().until(() -> queue.stats().leased() == 1);

    client.stop(id);
    await().until(() -> state() == ManagerStatus.State.STOPPING);
    assertThatThrownBy(() -> client.setWorkers(id, 1, 2))
        .isInstanceOf(ManagerException.Refused.class)
        .hasMessageContaining("stopping");
    mayFinish.countDown();

    assertThat(client.result(id, SOON).done()).isEqualTo(1);
  }

  @Test
  void stopGivesTheEventBackAfterTheGrace() {
    publish(1);
    client.start(id, service().withShutdownGrace(Duration.ZERO));
    await().until(() -> queue.stats().leased() == 1);

    client.stop(id);

    assertThat(client.result(id, SOON).released()).isEqualTo(1);
    assertThat(queue.stats().pending()).isEqualTo(1);
  }

  @Test
  void limitAndWorkersAreChangedOrRefused() {
    client.start(id, service());
    RateLimit limit = RateLimit.of(30).perMinute();

    assertThat(client.changeLimit(id, limit).normal()).isEqualTo(limit);
    assertThat(queue.limitControl().settings().normal()).isEqualTo(limit);
    client.setWorkers(id, 2, 4);
    assertThat(client.status(id).workers().min()).isEqualTo(2);
    assertThatThrownBy(() -> client.setWorkers(id, 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 ≤ min ≤ max");
    assertThatThrownBy(() -> client.changeLimit(id, null))
        .isInstanceOf(ManagerException.Refused.class)
        .hasMessageContaining("missing");

    client.stop(id);
  }

  @Test
  void aSecondStartOfOneIdSaysSo() {
    client.start(id, service());
    assertThatThrownBy(() -> client.start(id, service()))
        .isInstanceOf(ManagerException.AlreadyStarted.class)
        .hasMessageContaining("\"" + id + "\" is already running");

    client.stop(id);
    assertThat(client.result(id, SOON).done()).isZero();
    // An id is free again after its manager has ended.
    client.start(id, service());
    client.terminate(id, "the test is over");
    assertThatThrownBy(() -> client.result(id, SOON))
        .isInstanceOf(ManagerException.Ended.class)
        .hasMessageContaining(id);
  }

  @Test
  void nobodyKnowsTheManager() {
    for (Runnable call :
        List.<Runnable>of(
            () -> client.status(id),
            () -> client.result(id, SOON),
            () -> client.pause(id),
            () -> client.resume(id),
            () -> client.stop(id),
            () -> client.terminate(id, "x"),
            () -> client.changeLimit(id, RateLimit.of(1).perMinute()),
            () -> client.setWorkers(id, 1, 2))) {
      assertThatThrownBy(call::run)
          .isInstanceOf(ManagerException.UnknownManager.class)
          .hasMessageContaining(id);
    }
  }

  @Test
  void withoutAWorkerAManagerDoesNotAnswer() {
    String unserved = id + "-unserved";
    try (RateLimitClient alone =
        RateLimitClient.connect(DevServer.shared().target(), DevServer.NAMESPACE, unserved)) {
      alone.start(unserved, service());
      assertThatThrownBy(() -> alone.status(unserved))
          .isInstanceOf(ManagerException.NoAnswer.class)
          .hasMessageContaining(unserved);
      alone.terminate(unserved, "the test is over");
    }
  }

  @Test
  void theNamespaceIsUnknown() {
    String target = DevServer.shared().target();
    assertThatThrownBy(() -> RateLimitClient.connect(target, "nowhere", id))
        .isInstanceOf(ManagerException.UnknownNamespace.class)
        .hasMessageContaining("nowhere");
    assertThatThrownBy(
            () -> RateLimitWorker.builder(queue).handler(event -> {}).connect(target, "nowhere"))
        .isInstanceOf(ManagerException.UnknownNamespace.class);
  }

  @Test
  void aGivenClientIsInAnUnknownNamespace() {
    try (Temporal temporal = Temporal.open(options -> options.setNamespace("nowhere"))) {
      RateLimitClient lost = RateLimitClient.of(temporal.client(), id);
      for (Runnable call :
          List.<Runnable>of(
              () -> lost.start(id, service()),
              () -> lost.status(id),
              () -> lost.result(id, SOON),
              () -> lost.stop(id),
              () -> lost.list(ManagerQuery.RUNNING),
              () -> lost.createSchedule(id, service()),
              () -> lost.describeSchedule(id))) {
        assertThatThrownBy(call::run)
            .isInstanceOf(ManagerException.UnknownNamespace.class)
            .hasMessageContaining("nowhere");
      }
    }
  }

  @Test
  void noServerAnswers() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThatThrownBy(() -> RateLimitClient.connect("127.0.0.1:" + port, "default", id))
        .isInstanceOf(ManagerException.ServerUnreachable.class)
        .hasMessageContaining("127.0.0.1:" + port);
  }
}
