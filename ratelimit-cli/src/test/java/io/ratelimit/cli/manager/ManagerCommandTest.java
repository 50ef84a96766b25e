package io.ratelimit.cli.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.testkit.server.Loopback;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import io.temporal.testserver.TestServer.PortBoundTestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands on managers, on Temporal's test server, with a worker in this JVM. */
class ManagerCommandTest {

  private static int port;
  private static PortBoundTestServer temporal;

  private final InMemoryEventQueue queue =
      InMemoryEventQueue.create(RateLimit.of(20).perMinute().withBurst(20));
  private final CountDownLatch mayHandle = new CountDownLatch(1);
  private final String id = "m-" + System.identityHashCode(this);
  private RateLimitWorker worker;

  @BeforeAll
  static void startTemporal() throws IOException {
    port = Loopback.freePort();
    temporal = TestServer.createPortBoundServer(port);
  }

  @AfterAll
  static void stopTemporal() throws IOException {
    temporal.close();
  }

  @BeforeEach
  void work() {
    worker =
        RateLimitWorker.builder(queue)
            .handler(
                event -> {
                  mayHandle.await();
                })
            .taskQueue(id)
            .connect("127.0.0.1:" + port, "default");
  }

  @AfterEach
  void stopWorking() {
    mayHandle.countDown();
    worker.close();
    queue.close();
  }

  private CommandRun run(String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(command, "--temporal", "127.0.0.1:" + port));
    all.addAll(List.of("--task-queue", id));
    all.addAll(List.of(arguments));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private JsonNode json(String command, String... arguments) throws JsonProcessingException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    CommandRun run = run(command, all.toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    return new JsonMapper().readTree(run.out());
  }

  private JsonNode status() throws JsonProcessingException {
    return json("status", id);
  }

  private boolean isLaneToldToLeave() {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget("127.0.0.1:" + port).build());
    try {
      return WorkflowClient.newInstance(stubs).fetchHistory(id).getEvents().stream()
          .anyMatch(event -> event.hasActivityTaskCancelRequestedEventAttributes());
    } finally {
      stubs.shutdownNow();
    }
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      queue.publish(AuditEvent.of("e" + i, EventType.NEW_BALANCE_UPDATE, "w"));
    }
  }

  @Test
  void aRoundIsStartedWatchedAndReported() throws JsonProcessingException {
    publish(3);

    assertThat(run("start", id, "--deadline", "10m").out())
        .contains(
            "Manager "
                + id
                + " started: one round within 10 min with a confidence of 99.9 %, 1 to 10");
    await().until(() -> status().get("workersActive").intValue() == 1);
    assertThat(run("status", id).outLines())
        .anyMatch(line -> line.startsWith("Workers     1 active, 1 wanted, 1 to 10 allowed"))
        .anyMatch(line -> line.startsWith("Limit       20/min"));

    mayHandle.countDown();
    CommandRun result = run("result", id);
    assertThat(result.out()).contains("3 done, 0 failed, 0 left");
    assertThat(result.exitCode()).isZero();
    assertThat(json("result", id).get("limitHeld").booleanValue()).isTrue();
    assertThat(run("status", id).outLines())
        .anyMatch(line -> line.startsWith("Verdict     Met its deadline: "))
        .noneMatch(line -> line.contains("stopping"));
    assertThat(status().at("/condition/state").textValue()).isEqualTo("MET");
    assertThat(status().at("/condition/end/done").intValue()).isEqualTo(3);
  }

  @Test
  void aSecondStartOfAnIdIsRefused() {
    assertThat(run("start", id, "--service").exitCode()).isZero();

    CommandRun second = run("start", id);

    assertThat(second.exitCode()).isEqualTo(2);
    assertThat(second.errLines())
        .singleElement()
        .asString()
        .contains("manager \"" + id + "\" is already running");
    assertThat(run("stop", id, "--terminate").exitCode()).isZero();
  }

  @Test
  void aServiceIsPausedChangedResumedAndStopped() throws JsonProcessingException {
    assertThat(run("start", id, "--service").exitCode()).isZero();

    assertThat(json("pause", id).at("/pause").isMissingNode()).isFalse();
    await().until(() -> status().get("state").textValue().equals("PAUSED"));
    assertThat(run("limit", id, "30/m").out()).contains("the limit is 30/min");
    assertThat(queue.limitControl().settings().normal().permits()).isEqualTo(30);
    assertThat(run("workers", id, "2", "4").exitCode()).isZero();
    assertThat(status().at("/workers/max").intValue()).isEqualTo(4);
    assertThat(run("resume", id).out()).contains("starts resume, at 30/min");
    await().until(() -> status().get("state").textValue().equals("NORMAL"));

    assertThat(run("stop", id).out()).contains("stopping");
    assertThat(run("result", id, "--timeout", "1m").exitCode()).isZero();
  }

  @Test
  void aRoundThatIsStoppedIsNotSaidToBeMissed() throws JsonProcessingException {
    publish(5);
    assertThat(run("start", id, "--deadline", "10m").exitCode()).isZero();
    await().until(() -> status().get("workersActive").intValue() == 1);

    assertThat(run("stop", id).exitCode()).isZero();
    // The test server never recovers from the end of an activity just as it is to be cancelled.
    await().until(this::isLaneToldToLeave);
    mayHandle.countDown();
    assertThat(run("result", id, "--timeout", "1m").out()).contains("left");

    assertThat(status().at("/verdict/headline").textValue())
        .matches("Was stopped with [1-5] events? left");
  }

  @Test
  void aResultThatDoesNotComeInTimeHasAnExitCodeOfItsOwn() {
    publish(1);
    assertThat(run("start", id).exitCode()).isZero();

    CommandRun run = run("result", id, "--timeout", "100ms");

    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.errLines()).singleElement().asString().contains("has not finished within");
  }

  @Test
  void aTerminatedManagerHasNoResult() {
    assertThat(run("start", id, "--service").exitCode()).isZero();
    assertThat(run("stop", id, "--terminate").exitCode()).isZero();

    CommandRun run = run("result", id);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines()).singleElement().asString().contains("ended without a result");
    assertThat(run("status", id).outLines())
        .anyMatch(line -> line.equals("Verdict     Was terminated"))
        .anyMatch(line -> line.contains("ratelimit stop --terminate"));
  }

  @Test
  void anUnknownIdIsSaidToBeSo() {
    for (String command : List.of("status", "result", "stop", "pause", "resume")) {
      CommandRun run = run(command, "nobody");

      assertThat(run.exitCode()).as(command).isEqualTo(2);
      assertThat(run.errLines())
          .singleElement()
          .asString()
          .contains("there is no manager \"nobody\"");
    }
  }

  @Test
  void aServerThatIsNotThereIsSaidToBeSo() throws IOException {
    CommandRun run = CommandRun.of("list", "--temporal", "127.0.0.1:" + Loopback.freePort());

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.errLines()).singleElement().asString().contains("no Temporal server answers");
  }
}
