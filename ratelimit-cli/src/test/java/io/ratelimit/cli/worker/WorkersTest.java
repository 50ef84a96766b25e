package io.ratelimit.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandProcess;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.Needs;
import io.ratelimit.cli.server.DevServer;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several worker processes over Redis and a real Temporal server. */
@Timeout(180)
class WorkersTest {

  private static final RateLimit LIMIT = RateLimit.of(4).perSecond();
  private static final int EVENTS = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration RECOVERY = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private final List<Process> workers = new ArrayList<>();
  private LocalRedis redis;
  private DevServer temporal;
  private RedisEventQueue queue;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    Needs.onPath("temporal");
    redis = LocalRedis.start();
    temporal = DevServer.start();
    queue =
        RedisEventQueue.builder(LIMIT)
            .uri(redis.uri())
            .startUp(RedisEventQueue.StartUp.FULL)
            .connect();
  }

  @AfterEach
  void stop() {
    workers.forEach(Process::destroyForcibly);
    if (queue != null) {
      queue.close();
    }
    if (temporal != null) {
      temporal.close();
    }
    if (redis != null) {
      redis.close();
    }
  }

  private Path output(int worker) {
    return folder.resolve("worker-" + worker);
  }

  private void startWorker(int number) throws IOException, InterruptedException {
    workers.add(
        CommandProcess.of(
                "worker",
                "--redis",
                redis.uri(),
                "--temporal",
                temporal.address(),
                "--name",
                "worker-" + number,
                "--failure-rate",
                "0",
                "--slow-rate",
                "0",
                "--grace",
                "5s")
            .redirectErrorStream(true)
            .redirectOutput(output(number).toFile())
            .start());
  }

  private long handledBy(int worker) throws IOException {
    try (var lines = Files.lines(output(worker))) {
      return lines.filter(line -> line.contains("  done ")).count();
    }
  }

  private CommandRun manager(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--temporal", temporal.address()));
    return CommandRun.of(all.toArray(String[]::new));
  }

  @Test
  void aRoundSurvivesTheDeathOfAWorkerAndAnotherIsStoppedGracefully() throws Exception {
    EventType type = EventType.of("AUDIT").withProcessingTime(Duration.ofSeconds(1));
    queue.publish(
        IntStream.range(0, EVENTS).mapToObj(i -> AuditEvent.of("e" + i, type, "w")).toList());
    for (int number = 0; number < 3; number++) {
      startWorker(number);
    }
    for (int number = 0; number < 3; number++) {
      Path output = output(number);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(output).content().contains("Press Ctrl-C to stop"));
    }
    assertThat(manager("start", "round", "--min-workers", "10").exitCode()).isZero();
    await().atMost(PATIENCE).until(() -> handledBy(0) > 0 && handledBy(1) > 0 && handledBy(2) > 0);

    workers.get(0).destroyForcibly().waitFor();
    int interrupted =
        new ProcessBuilder("kill", "-INT", Long.toString(workers.get(1).pid())).start().waitFor();

    assertThat(interrupted).isZero();
    await().atMost(RECOVERY).until(() -> queue.stats().unfinished() == 0);
    QueueStats stats = queue.stats();
    assertThat(stats.done()).isEqualTo(EVENTS);
    assertThat(stats.isConserved()).isTrue();
    assertThat(workers.get(1).waitFor()).isEqualTo(130);
    assertThat(Files.readString(output(1))).contains("Stopping").doesNotContain("Exception");

    CommandRun result = manager("result", "round", "--json");
    JsonNode report = new JsonMapper().readTree(result.out());
    assertThat(result.exitCode()).isZero();
    assertThat(report.get("remaining").longValue()).isZero();
    assertThat(report.get("largestWindow").intValue()).isBetween(1, LIMIT.permits());
    assertThat(manager("list", "--all").out()).contains("round  completed");
  }

  @Test
  void aScheduleIsCreatedShownAndDeleted() {
    assertThat(manager("schedule", "create", "audits", "--every", "1h").out())
        .contains("each 1 h, one round within 3 min");
    assertThat(manager("schedule", "create", "audits").exitCode()).isEqualTo(2);
    assertThat(manager("schedule", "create", "often", "--every", "10ms").err())
        .contains("--every must be at least 1s");
    assertThat(manager("schedule", "describe", "audits").outLines())
        .contains("Schedule    audits, each 1 h")
        .anyMatch(line -> line.startsWith("Next        2"));
    assertThat(manager("schedule", "delete", "audits").exitCode()).isZero();

    CommandRun gone = manager("schedule", "describe", "audits");
    assertThat(gone.exitCode()).isEqualTo(2);
    assertThat(gone.errLines()).hasSize(1);
  }
}
