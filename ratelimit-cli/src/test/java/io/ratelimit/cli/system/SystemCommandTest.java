package io.ratelimit.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.Needs;
import io.ratelimit.cli.RunningCommand;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The whole system, embedded; its deadlines leave room for a busy machine. */
class SystemCommandTest {

  private static String[] system(String more) {
    return ("system --events 12 --deadline 2m --speedup 10 --failure-rate 0 " + more).split(" ");
  }

  @Test
  void roundsAreDrainedOneAfterTheOther() {
    CommandRun run = CommandRun.of(system("--rounds 2"));

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("Queue       embedded: a separate Redis server")
        .contains("Temporal    embedded: the SDK's test server")
        .contains("OK: 2 rounds, deadlines met, limit held, nothing lost.");
    assertThat(run.outLines()).filteredOn(line -> line.contains("12 done, 0 failed")).hasSize(2);
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void theReportsAreALineOfJsonEachForAScript() throws IOException {
    CommandRun run = CommandRun.of(system("--rounds 2 --json"));

    assertThat(run.outLines()).hasSize(2);
    for (String line : run.outLines()) {
      JsonNode round = new JsonMapper().readTree(line);
      assertThat(round.get("published").intValue()).isEqualTo(12);
      assertThat(round.get("conserved").booleanValue()).isTrue();
      assertThat(round.get("limitHeld").booleanValue()).isTrue();
    }
    assertThat(run.err()).isEmpty();
  }

  @Test
  void aMissedDeadlineIsSaidAndTheExitCodeSaysSo() {
    CommandRun run =
        CommandRun.of("system", "--events", "40", "--deadline", "1m", "--emergency-limit", "none");

    assertThat(run.out()).contains("MISSED: round 1: ", "the deadline of 3 s");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  void aQueueThatIsThereKeepsItsLimitAndIsDrainedInRealTime() throws IOException {
    try (LocalRedis redis = LocalRedis.start();
        RedisEventQueue queue =
            RedisEventQueue.builder(RateLimit.of(10).perSecond())
                .uri(redis.uri())
                .startUp(RedisEventQueue.StartUp.FULL)
                .connect()) {
      CommandRun run = CommandRun.of("system", "--type", "QUICK=5@100ms", "--redis", redis.uri());

      assertThat(run.out())
          .contains("Limit       the queue keeps its own, 10/s")
          .doesNotContain("times as fast")
          .contains("OK: 1 round");
      assertThat(queue.stats().done()).isEqualTo(5);
      assertThat(run.exitCode()).isZero();
    }
  }

  @Test
  void aDevelopmentServerOfItsOwnIsStartedAndStopped() {
    Needs.onPath("temporal");

    List<ProcessHandle> others = ProcessHandle.current().descendants().toList();
    CommandRun run =
        CommandRun.of(
            "system --type QUICK=5@100ms --limit 10/s --emergency-limit none --temporal dev"
                .split(" "));

    assertThat(run.out())
        .contains("a development server; its web UI is at")
        .contains("http://127.0.0.1:")
        .contains("OK: 1 round");
    assertThat(run.exitCode()).isZero();
    await("the servers and the shells beside them are gone")
        .atMost(Duration.ofSeconds(60))
        .until(() -> ProcessHandle.current().descendants().allMatch(others::contains));
  }

  @Test
  void aRedisThatIsAwayForAWhileIsToldAndWorkGoesOn() throws IOException {
    try (LocalRedis redis = LocalRedis.start("appendonly yes");
        RunningCommand running =
            RunningCommand.of(
                ("system --rounds 2 --type QUICK=3@100ms --deadline 15s --limit 10/s --emergency-limit none --failure-rate 0 --redis "
                        + redis.uri())
                    .split(" "))) {
      running.awaitLine("Round       finished");
      redis.kill();

      assertThat(running.awaitLine("Trying again: ")).contains("Redis");
      redis.startAgain();
      assertThat(running.awaitLine("It answers again, after ")).endsWith("s.");
      assertThat(running.awaitLine("OK: ")).startsWith("2 rounds");
    }
  }

  @Test
  void aRedisThatIsNotThereIsSaidToBeSo() throws IOException {
    CommandRun run = CommandRun.of("system", "--redis", "redis://127.0.0.1:" + Loopback.freePort());

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.errLines()).hasSize(1);
  }
}
