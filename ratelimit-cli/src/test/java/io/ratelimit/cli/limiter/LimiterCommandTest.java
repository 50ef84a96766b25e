package io.ratelimit.cli.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The limiter commands on a real Redis; each test has a namespace of its own. */
@Timeout(120)
class LimiterCommandTest {

  private static LocalRedis redis;

  private final String namespace = "test-" + UUID.randomUUID();

  @BeforeAll
  static void startRedis() throws IOException {
    redis = LocalRedis.start();
  }

  @AfterAll
  static void stopRedis() throws IOException {
    redis.close();
  }

  private RedisEventQueue queue(RateLimit limit) {
    return RedisEventQueue.builder(limit)
        .uri(redis.uri())
        .namespace(namespace)
        .startUp(RedisEventQueue.StartUp.FULL)
        .connect();
  }

  private CommandRun limiter(String command) {
    List<String> args = new ArrayList<>(List.of("limiter"));
    args.addAll(List.of(command.split(" ")));
    args.addAll(List.of("--redis", redis.uri(), "--queue", namespace));
    return CommandRun.of(args.toArray(String[]::new));
  }

  private JsonNode json(String command) throws IOException {
    return new JsonMapper().readTree(limiter(command + " --json").out());
  }

  @Test
  void aPermitIsSpentOrOneIsToldWhen() throws IOException {
    try (RedisEventQueue queue = queue(RateLimit.of(3).perHour().withBurst(3))) {
      CommandRun granted = limiter("try --permits 2");
      assertThat(granted.err()).isEmpty();
      assertThat(granted.exitCode()).isZero();
      assertThat(granted.out()).isEqualTo("granted: 2 permits\n");

      CommandRun denied = limiter("try --permits 2");
      assertThat(denied.exitCode()).isEqualTo(4);
      assertThat(denied.out()).startsWith("denied: not before ");
      assertThat(limiter("try --permits 2 --wait 1s").exitCode()).as("in vain").isEqualTo(4);
      assertThat(limiter("try --permits 1 --wait 1s").exitCode()).isZero();
      JsonNode tried = json("try");
      assertThat(tried.get("outcome").textValue()).isEqualTo("not before");
      assertThat(tried.get("notBefore").textValue()).isNotEmpty();
      assertThat(tried.get("permits").intValue()).isEqualTo(1);

      assertThat(queue.stats().acquiredPermits()).isEqualTo(3);
      JsonNode shown = json("show");
      assertThat(shown.get("acquiredPermits").intValue()).isEqualTo(3);
      assertThat(shown.get("startsInWindow").intValue()).isEqualTo(3);
      assertThat(shown.get("limitInForce").textValue()).contains("3/h");
      assertThat(shown.get("nextStart").textValue()).isNotEmpty();
      assertThat(limiter("show").out())
          .contains("Limiter     " + namespace, "3 of 3 starts in 1 h", "Spent       3 permits on");
    }
  }

  @Test
  void whatCanNeverStartIsBadInput() {
    try (RedisEventQueue queue = queue(RateLimit.of(3).perHour())) {
      CommandRun never = limiter("try --permits 4");
      assertThat(never.exitCode()).isEqualTo(2);
      assertThat(never.out()).isEqualTo("never: 4 permits wanted, and the limit has 3\n");
      assertThat(limiter("try --permits 0").exitCode()).isEqualTo(2);
      assertThat(queue.stats().acquiredPermits()).isZero();
    }
  }

  @Test
  void aPauseIsShown() throws IOException {
    try (RedisEventQueue queue = queue(RateLimit.of(3).perHour())) {
      queue.limitControl().pause();
      CommandRun paused = limiter("try");
      assertThat(paused.exitCode()).isEqualTo(4);
      assertThat(paused.out()).isEqualTo("denied: starts are paused until someone resumes them\n");
      queue.limitControl().pauseFor(Duration.ofHours(1));
      assertThat(json("show").get("paused").booleanValue()).isTrue();
      assertThat(limiter("show").out()).contains("Paused      until it is resumed");
    }
  }

  @Test
  void withoutARedisItSaysSo() {
    CommandRun run =
        CommandRun.of("limiter", "try", "--redis", "redis://127.0.0.1:" + Loopback.freePort());
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("cannot be reached");
  }
}
