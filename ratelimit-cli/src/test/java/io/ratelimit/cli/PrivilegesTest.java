package io.ratelimit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.ratelimit.cli.option.RedisAddress;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.history.SampleRound;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The documented users may do what they need, and no more. */
@Timeout(180)
class PrivilegesTest {

  private static final String NAMESPACE = "audits";

  /** Returns a user's rules from docs/redis.md. */
  private static String documented(String user) throws IOException {
    String page = Files.readString(Path.of("..", "docs", "redis.md"));
    Matcher line = Pattern.compile("(?m)^ACL SETUSER (" + user + " on >secret .*)$").matcher(page);
    assertThat(line.find()).as("the user " + user).isTrue();
    return "user " + line.group(1);
  }

  private static String uri(LocalRedis redis, String user) {
    return "redis://" + user + ":secret@127.0.0.1:" + redis.port();
  }

  private static CommandRun run(String uri, String command) {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
    arguments.addAll(List.of("--redis", uri, "--queue", NAMESPACE));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static LocalRedis server() throws IOException {
    return LocalRedis.start(documented("worker"), documented("viewer"));
  }

  /** Starts a cluster of one node, which is listed twice to look like several. */
  private static LocalRedis cluster() throws IOException {
    LocalRedis node =
        LocalRedis.start(
            "cluster-enabled yes",
            documented("worker") + " +cluster|nodes",
            documented("viewer") + " +cluster|nodes");
    try (RedisClient client = RedisClient.create(node.uri());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.sync().clusterAddSlots(IntStream.range(0, SlotHash.SLOT_COUNT).toArray());
      await().until(() -> connection.sync().clusterInfo().contains("cluster_state:ok"));
    }
    return node;
  }

  private static String uriOfCluster(LocalRedis node, String user) {
    return uri(node, user) + ",127.0.0.1:" + node.port();
  }

  /** Leaves one event pending, one leased and one failed. */
  private static void fill(String uri) {
    RateLimit fast = RateLimit.of(1_000).per(Duration.ofSeconds(1)).withBurst(1_000);
    RedisEventQueue.Builder builder =
        RedisEventQueue.builder(fast).namespace(NAMESPACE).startUp(RedisEventQueue.StartUp.FULL);
    RedisAddress.parse(uri).chosenBy(builder);
    try (RedisEventQueue queue = builder.connect()) {
      assertThat(run(uri, "queue publish --events 3").exitCode()).isZero();
      TakeResult taken = queue.take(new TakeRequest("r", "worker", 2, Duration.ofMinutes(1)));
      queue.fail(((TakeResult.Taken) taken).leases().get(0), "because");
      queue
          .history()
          .append(SampleRound.ended("round", Instant.parse("2026-01-02T03:04:05Z")).build());
    }
  }

  @Test
  void aWorkersUserMayRunEveryCommandOfAQueue() throws IOException {
    try (LocalRedis redis = server()) {
      runEveryCommand(uri(redis, "worker"));
      lookWithoutWriting(uri(redis, "viewer"));
    }
  }

  @Test
  void aWorkersUserMayRunEveryCommandOnACluster() throws IOException {
    try (LocalRedis node = cluster()) {
      runEveryCommand(uriOfCluster(node, "worker"));
      lookWithoutWriting(uriOfCluster(node, "viewer"));
    }
  }

  private static void lookWithoutWriting(String uri) {
    CommandRun doctor = run(uri, "doctor --temporal 127.0.0.1:" + Loopback.freePort());
    assertThat(doctor.outLines())
        .noneMatch(line -> line.startsWith("fail") && !line.contains("Temporal"));
    assertThat(run(uri, "queue stats").exitCode()).isZero();
    CommandRun refused = run(uri, "queue publish --events 1");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err()).contains(" refused ").doesNotContain("secret");
  }

  private static void runEveryCommand(String uri) {
    fill(uri);
    for (String command :
        List.of(
            "queue stats",
            "queue peek",
            "queue failed",
            "queue monitor --once",
            "monitor --once",
            "queue limit 30/m",
            "queue pause --for 1s",
            "queue resume",
            "limiter try --wait 30s",
            "limiter show",
            "history",
            "queue redrive --all",
            "queue cancel event-1",
            "queue clear all --yes")) {
      CommandRun run = run(uri, command);
      assertThat(run.err()).as(command).isEmpty();
      assertThat(run.exitCode()).as(command).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker", "viewer"})
  void doctorFindsNothingWrongWithThem(String user) throws IOException {
    try (LocalRedis redis = server()) {
      fill(uri(redis, "worker"));
      CommandRun run = run(uri(redis, user), "doctor --temporal 127.0.0.1:" + Loopback.freePort());

      assertThat(run.outLines())
          .noneMatch(line -> line.startsWith("fail") && !line.contains("Temporal"));
      assertThat(run.out().toLowerCase(Locale.ROOT)).contains("published", "eviction");
    }
  }

  @Test
  void aViewersUserSeesAllAndChangesNothing() throws IOException {
    try (LocalRedis redis = server()) {
      fill(uri(redis, "worker"));
      String uri = uri(redis, "viewer");
      for (String command :
          List.of(
              "queue stats",
              "queue peek",
              "queue failed",
              "queue monitor --once",
              "history",
              "limiter show")) {
        CommandRun run = run(uri, command);
        assertThat(run.err()).as(command).isEmpty();
        assertThat(run.exitCode()).as(command).isZero();
      }
      for (String command :
          List.of(
              "queue publish --events 1",
              "queue limit 30/m",
              "queue pause",
              "limiter try",
              "queue redrive --all",
              "queue clear all --yes")) {
        CommandRun run = run(uri, command);
        assertThat(run.exitCode()).as(command).isEqualTo(3);
        assertThat(run.err()).as(command).contains(" refused ");
      }
      assertThat(run(uri, "queue stats --json").out()).contains("\"published\" : 3");
    }
  }
}
