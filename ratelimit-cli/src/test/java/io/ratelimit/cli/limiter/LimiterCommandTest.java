package io.ratelimit.cli.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Limits;
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

/** The limiter commands on a real Redis; each test has its own namespace. */
@Timeout(120)
class LimiterCommandTest {

  private static LocalRedis redis;

  private String namespace = "test-" + UUID.randomUUID();

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

  private RedisEventQueue ofScope(String name) {
    return RedisEventQueue.builder(RateLimit.of(3).perHour())
        .uri(redis.uri())
        .namespace(name)
        .startUp(RedisEventQueue.StartUp.FULL)
        .limits(
            Limits.builder()
                .limit("address", RateLimit.of(6).perHour().withBurst(6))
                .limit("account", event -> null, RateLimit.of(2).perHour().withBurst(2))
                .build())
        .connect();
  }

  @Test
  void namedLimitsOfAScopeAreDrawnFromByNameAndKey() throws IOException {
    String scope = namespace;
    try (RedisEventQueue one = ofScope(scope + "/one");
        RedisEventQueue other = ofScope(scope + "/other")) {
      namespace = scope + "/one";
      CommandRun granted = limiter("try --name address --cost 5 --name account --key a1");
      assertThat(granted.err()).isEmpty();
      assertThat(granted.out()).isEqualTo("granted: 1 of account \"a1\", 5 of address\n");
      assertThat(one.stats().acquiredPermits()).as("of its own limit").isZero();

      namespace = scope + "/other";
      assertThat(limiter("try --name address --cost 2").exitCode()).isEqualTo(4);
      CommandRun never = limiter("try --name address --cost 7");
      assertThat(never.exitCode()).isEqualTo(2);
      assertThat(never.out())
          .isEqualTo("never: 7 of address wanted, and the limit address has 6\n");
      assertThat(limiter("show --name address").out())
          .contains("Limit       address: 6/h burst 6", "Key         shared by all: 5 of 6 in");
      JsonNode shown = json("show --name account --key a1");
      assertThat(shown.at("/keys/0/key").textValue()).isEqualTo("a1");
      assertThat(shown.at("/keys/0/held/0").intValue()).isEqualTo(1);
      assertThat(other.stats().published()).isZero();

      CommandRun unknown = limiter("try --name adress");
      assertThat(unknown.exitCode()).isEqualTo(2);
      assertThat(unknown.err()).contains("the limit \"adress\" is not set");
      assertThat(limiter("show --name adress").err()).contains("there is no limit \"adress\"");
      assertThat(limiter("show --key a1").exitCode()).isEqualTo(2);
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
