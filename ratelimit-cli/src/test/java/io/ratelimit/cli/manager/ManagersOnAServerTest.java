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
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.testkit.server.DevServer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands on managers on a real server, without a worker or with a foreign one. */
@Timeout(120)
class ManagersOnAServerTest {

  private static DevServer server;

  private final String queue = "q-" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    server = DevServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private CommandRun run(String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(command, "--queue", queue));
    all.addAll(List.of("--temporal", server.target()));
    all.addAll(List.of(arguments));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private JsonNode listed(String... arguments) throws JsonProcessingException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return new JsonMapper().readTree(run("list", all.toArray(String[]::new)).out());
  }

  @Test
  void theTaskQueueFollowsTheQueueAndAListShowsWhatRunsThere() throws JsonProcessingException {
    assertThat(run("start", "a-" + queue, "--service").out())
        .contains("Queue " + queue + ", task queue " + queue + ";");
    assertThat(run("start", "b-" + queue, "--service").exitCode()).isZero();
    assertThat(run("stop", "b-" + queue, "--terminate").exitCode()).isZero();

    await().untilAsserted(() -> assertThat(listed("--all").get("managers")).hasSize(2));
    await().untilAsserted(() -> assertThat(listed().get("managers")).hasSize(1));
    assertThat(listed().at("/managers/0/queue").textValue()).isEqualTo(queue);
    CommandRun page = run("list", "--all", "--limit", "1");
    assertThat(page.outLines()).anyMatch(line -> line.startsWith("There are more: --page "));
    assertThat(run("list", "--page", "§").errLines())
        .singleElement()
        .asString()
        .contains("--page", "not a page of a list");

    CommandRun silent = run("status", "a-" + queue);
    assertThat(silent.exitCode()).isEqualTo(3);
    assertThat(silent.out()).contains("Said last   starting", "Task queue  " + queue);
    assertThat(silent.errLines())
        .singleElement()
        .asString()
        .contains("no worker asks for work of its task queue \"" + queue);
    CommandRun ended = run("pause", "b-" + queue);
    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.errLines()).singleElement().asString().contains("it was terminated at");
    assertThat(run("stop", "a-" + queue, "--terminate").exitCode()).isZero();
  }

  @Test
  void slotsAreToldWithoutAManagerAndBeforeItHasALane() {
    try (EventQueue own =
            InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).name(queue).build();
        RateLimitWorker worker =
            RateLimitWorker.builder(own)
                .handler(event -> {})
                .concurrency(7)
                .connect(server.target(), DevServer.NAMESPACE)) {
      assertThat(worker.isWorking()).isTrue();
      await()
          .untilAsserted(
              () ->
                  assertThat(run("doctor", "--redis", "redis://127.0.0.1:1", "--json").out())
                      .contains("1 worker on task queue " + queue + ", slots for 7 lanes"));

      assertThat(run("start", "c-" + queue, "--service").exitCode()).isZero();
      assertThat(run("status", "c-" + queue).out())
          .contains("0 active", "allowed; slots for 7 lanes");
      assertThat(run("stop", "c-" + queue).exitCode()).isZero();
    }
  }

  @Test
  void aListTellsHowRoundsEnded() throws JsonProcessingException {
    try (EventQueue own =
            InMemoryEventQueue.builder(RateLimit.of(1).perMinute()).name(queue).build();
        RateLimitWorker worker =
            RateLimitWorker.builder(own)
                .handler(event -> {})
                .connect(server.target(), DevServer.NAMESPACE)) {
      assertThat(worker.isWorking()).isTrue();
      own.publish(AuditEvent.of("e1", EventType.BALANCE_CHECK_REQUIRED, "w"));
      assertThat(run("start", "met-" + queue, "--deadline", "1h").exitCode()).isZero();
      assertThat(run("result", "met-" + queue).exitCode()).isZero();
      own.limitControl().pause();
      own.publish(AuditEvent.of("e2", EventType.BALANCE_CHECK_REQUIRED, "w"));
      assertThat(run("start", "missed-" + queue, "--deadline", "3s").exitCode()).isZero();
      assertThat(run("result", "missed-" + queue).exitCode()).isEqualTo(1);

      await()
          .untilAsserted(
              () ->
                  assertThat(run("list", "--all").outLines())
                      .anyMatch(line -> line.matches("met-.* completed .* 0 .*Met its dead.*"))
                      .anyMatch(
                          line ->
                              line.matches(
                                  "missed-.* completed .* 1 .*Missed its deadline: 1 event left")));
      assertThat(listed("--all").findValuesAsText("state")).contains("MET", "MISSED");
      assertThat(run("status", "missed-" + queue).out())
          .contains("Nothing was started")
          .doesNotContain("deadline is in");
    }
  }

  @Test
  void doctorTellsOfWorkersOfAnotherQueue() {
    try (EventQueue other =
            InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).name("other").build();
        RateLimitWorker worker =
            RateLimitWorker.builder(other)
                .handler(event -> {})
                .taskQueue(queue)
                .connect(server.target(), DevServer.NAMESPACE)) {
      assertThat(worker.isWorking()).isTrue();
      await()
          .untilAsserted(
              () ->
                  assertThat(run("doctor", "--redis", "redis://127.0.0.1:1", "--json").out())
                      .contains("for another queue: other"));
    }
  }
}
