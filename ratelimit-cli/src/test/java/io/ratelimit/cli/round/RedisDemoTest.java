package io.ratelimit.cli.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.Keys;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demo over a real Redis, in which it leaves nothing. */
@Timeout(120)
class RedisDemoTest {

  private static LocalRedis redis;

  @BeforeAll
  static void startRedis() throws IOException {
    redis = LocalRedis.start();
  }

  @AfterAll
  static void stopRedis() throws IOException {
    redis.close();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Keys.of(redis)).isEmpty();
  }

  private static CommandRun demo(String arguments) {
    return CommandRun.of(("demo --redis " + redis.uri() + " " + arguments).split(" "));
  }

  @Test
  void aRoundIsDrainedAndReportedInTheTimeOfRedis() {
    CommandRun run = demo("--events 10 --deadline 30m --speedup 100 --failure-rate 0");

    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains(
            "100 times as short: 18",
            "s at 20/600ms (emergency 60/600ms).",
            "namespace demo-",
            "Events      10 done, 0 failed, 0 left; 10 attempts, 0 retries",
            "Limit       held: ",
            "OK: deadline met, limit held, nothing lost.");
  }

  @Test
  void aMissedRoundIsRemovedToo() {
    CommandRun run = demo("--events 200 --deadline 20s --emergency-limit none --speedup 50");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("MISSED: ", "the deadline of 400 ms");
  }

  @Test
  void jsonNamesTheNamespace() throws JsonProcessingException {
    CommandRun run = demo("--events 5 --deadline 30m --speedup 100 --failure-rate 0 --json");
    JsonNode json = new JsonMapper().readTree(run.out());

    assertThat(run.exitCode()).isZero();
    assertThat(json.get("namespace").textValue()).startsWith("demo-");
    assertThat(json.get("done").intValue()).isEqualTo(5);
  }

  @Test
  void whatBecomesTooShortIsRefused() {
    CommandRun run = demo("--limit 5/10ms --emergency-limit none --speedup 100");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).contains("--speedup 100 is too much: period must be");
  }

  @Test
  void aRedisThatIsNotThereIsOneLine() throws IOException {
    CommandRun run = CommandRun.of("demo", "--redis", "redis://127.0.0.1:" + Loopback.freePort());

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).startsWith("ratelimit demo: Redis").doesNotContain("Exception");
  }
}
