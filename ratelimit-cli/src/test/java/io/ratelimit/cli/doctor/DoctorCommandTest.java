package io.ratelimit.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.Keys;
import io.ratelimit.cli.Needs;
import io.ratelimit.cli.server.DevServer;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DoctorCommandTest {

  /** The status of each subject. */
  private static Map<String, String> statuses(CommandRun run) throws JsonProcessingException {
    Map<String, String> statuses = new TreeMap<>();
    for (JsonNode finding : new JsonMapper().readTree(run.out())) {
      statuses.put(finding.get("subject").textValue(), finding.get("status").textValue());
    }
    return statuses;
  }

  private static CommandRun doctor(String uri) {
    return CommandRun.of("doctor", "--redis", uri, "--json");
  }

  @Test
  void aServerWithoutPersistenceIsUsableWithAWarning() throws IOException {
    try (LocalRedis redis = LocalRedis.start()) {
      CommandRun run = doctor(redis.uri());

      assertThat(run.exitCode()).isZero();
      assertThat(statuses(run))
          .containsEntry("Java", "OK")
          .containsEntry("Redis", "OK")
          .containsEntry("Scripts", "OK")
          .containsEntry("Eviction", "OK")
          .containsEntry("Persistence", "WARN")
          .containsEntry("Queue", "WARN")
          .doesNotContainKey("Progress");
      assertThat(Keys.of(redis)).isEmpty();
      CommandRun used = CommandRun.of("queue", "publish", "--count", "1", "--redis", redis.uri());
      assertThat(used.exitCode()).isZero();
    }
  }

  @Test
  void aQueueThatIsNamedAndNotThereIsNotWell() throws IOException {
    try (LocalRedis redis = LocalRedis.start()) {
      String[] named = {"doctor", "--redis", redis.uri(), "--queue", "audits"};
      CommandRun missing = CommandRun.of(named);
      assertThat(missing.exitCode()).isEqualTo(1);
      assertThat(missing.out()).contains("fail  Queue", "there is no queue audits");
      assertThat(Keys.of(redis)).isEmpty();

      String[] publish = {"queue", "publish", "--count", "1", "--redis", redis.uri()};
      CommandRun used = CommandRun.of(with(publish, "--queue", "audits"));
      assertThat(used.exitCode()).isZero();
      assertThat(CommandRun.of(named).exitCode()).isZero();

      // Nobody named this one.
      CommandRun unnamed = CommandRun.of("doctor", "--redis", redis.uri());
      assertThat(unnamed.exitCode()).isZero();
      assertThat(unnamed.out()).contains("warn  Queue", "so none was checked");
      CommandRun configured =
          CommandRun.in(Map.of("RATELIMIT_QUEUE", "another"), "doctor", "--redis", redis.uri());
      assertThat(configured.exitCode()).isEqualTo(1);
    }
  }

  private static String[] with(String[] command, String... more) {
    return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void aLimitThatIsNotTheConfiguredOneIsWarnedOf() throws IOException {
    try (LocalRedis redis = LocalRedis.start()) {
      RedisEventQueue.builder(RateLimit.of(30).perMinute()).uri(redis.uri()).connect().close();

      assertThat(statuses(doctor(redis.uri()))).containsEntry("Limit", "OK");
      CommandRun same =
          CommandRun.of("doctor", "--redis", redis.uri(), "--json", "--initial-limit", "30/m");
      assertThat(statuses(same)).containsEntry("Limit", "OK");
      CommandRun other =
          CommandRun.of("doctor", "--redis", redis.uri(), "--json", "--initial-limit", "20/m");
      assertThat(statuses(other)).containsEntry("Limit", "WARN");
      assertThat(other.out()).contains("30/min, but configured is 20/min");
    }
  }

  @Test
  void aServerThatKeepsEverythingHasNoWarnings() throws IOException {
    try (LocalRedis redis = LocalRedis.start("appendonly yes", "dir /tmp")) {
      assertThat(statuses(doctor(redis.uri()))).containsEntry("Persistence", "OK");
    }
  }

  @Test
  void aServerThatMayDiscardEventsIsWarnedOf() throws IOException {
    try (LocalRedis redis = LocalRedis.start("maxmemory-policy allkeys-lru")) {
      assertThat(statuses(doctor(redis.uri()))).containsEntry("Eviction", "WARN");
    }
  }

  @Test
  void aServerThatDiscardsOnlyWhatHasATimeToLiveIsNotWarnedOf() throws IOException {
    try (LocalRedis redis = LocalRedis.start("maxmemory-policy volatile-lru")) {
      assertThat(statuses(doctor(redis.uri()))).containsEntry("Eviction", "OK");
    }
  }

  @Test
  void eventsThatNobodyTakesAndAPauseAreWarnedOf() throws IOException {
    try (LocalRedis redis = LocalRedis.start()) {
      CommandRun.of("queue", "publish", "--count", "3", "--redis", redis.uri());
      assertThat(statuses(doctor(redis.uri())))
          .containsEntry("Progress", "WARN")
          .containsEntry("Limit", "OK")
          .containsEntry("Balance", "OK");

      CommandRun.of("queue", "pause", "--redis", redis.uri());
      assertThat(statuses(doctor(redis.uri())))
          .containsEntry("Progress", "OK")
          .containsEntry("Limit", "WARN");
    }
  }

  @Test
  void aWrongPasswordIsSaidAndNotShown() throws IOException {
    try (LocalRedis redis = LocalRedis.start("requirepass right")) {
      CommandRun run =
          CommandRun.of("doctor", "--redis", "redis://:wrong@127.0.0.1:" + redis.port());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).contains("fail  Redis", "check user and password");
      assertThat(run.out()).doesNotContain(":wrong@", "\u001b");
      assertThat(run.outLines()).allMatch(line -> line.length() <= CommandRun.WIDTH);
    }
  }

  @Test
  void temporalIsOnlyNeededWhereItIsNamed() throws IOException {
    String nowhere = "127.0.0.1:" + Loopback.freePort();
    try (LocalRedis redis = LocalRedis.start()) {
      CommandRun run =
          CommandRun.of("doctor", "--redis", redis.uri(), "--temporal", nowhere, "--json");

      assertThat(statuses(run)).containsEntry("Temporal", "FAIL").doesNotContainKey("Workers");
      assertThat(run.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void workersOfATaskQueueAreLookedFor() throws Exception {
    Needs.onPath("temporal");
    try (LocalRedis redis = LocalRedis.start();
        DevServer temporal = DevServer.start()) {
      String[] arguments = {
        "doctor", "--redis", redis.uri(), "--temporal", temporal.address(), "--json"
      };
      assertThat(statuses(CommandRun.of(arguments)))
          .containsEntry("Temporal", "OK")
          .containsEntry("Workers", "WARN");

      try (RedisEventQueue queue =
              RedisEventQueue.builder(RateLimit.of(20).perMinute()).uri(redis.uri()).connect();
          RateLimitWorker worker =
              RateLimitWorker.builder(queue)
                  .handler(event -> {})
                  .connect(temporal.address(), "default")) {
        assertThat(worker).isNotNull();
        await()
            .untilAsserted(
                () ->
                    assertThat(statuses(CommandRun.of(arguments))).containsEntry("Workers", "OK"));
      }
      CommandRun elsewhere =
          CommandRun.of(
              "doctor",
              "--redis",
              redis.uri(),
              "--temporal",
              temporal.address(),
              "--namespace",
              "nowhere");
      assertThat(elsewhere.out()).contains("has no namespace nowhere");
    }
  }

  @Test
  void aServerThatIsNotThereFails() throws IOException {
    CommandRun run = doctor("redis://127.0.0.1:" + Loopback.freePort());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(statuses(run)).containsEntry("Java", "OK").containsEntry("Redis", "FAIL");
  }
}
