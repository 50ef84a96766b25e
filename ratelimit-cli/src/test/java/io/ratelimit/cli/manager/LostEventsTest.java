package io.ratelimit.cli.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import io.temporal.testserver.TestServer;
import io.temporal.testserver.TestServer.PortBoundTestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Redis loses data of events while a manager works on them. */
@Timeout(120)
class LostEventsTest {

  private static final String ID = "m";
  private static final String NAMESPACE = "lost";

  private static CommandRun run(int temporal, String command) {
    List<String> all = new ArrayList<>(List.of(command, "--queue", NAMESPACE));
    all.addAll(List.of("--temporal", "127.0.0.1:" + temporal, ID));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private static void loseEvents(LocalRedis redis) {
    RedisClient client = RedisClient.create(redis.uri());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      assertThat(connection.sync().del("{" + NAMESPACE + "}:events")).isEqualTo(1);
    } finally {
      client.shutdown();
    }
  }

  @Test
  void aManagerSaysSoWhileItRunsAndInItsResult() throws IOException {
    int port = Loopback.freePort();
    try (LocalRedis redis = LocalRedis.start();
        PortBoundTestServer temporal = TestServer.createPortBoundServer(port);
        RedisEventQueue queue =
            RedisEventQueue.builder(RateLimit.of(6_000).perMinute())
                .uri(redis.uri())
                .namespace(NAMESPACE)
                .connect();
        RateLimitWorker worker =
            RateLimitWorker.builder(queue)
                .handler(event -> {})
                .connect("127.0.0.1:" + port, "default")) {
      assertThat(temporal).isNotNull();
      assertThat(worker.isWorking()).isTrue();
      queue.limitControl().pause();
      CommandRun.of(
          "queue", "publish", "--count", "5", "--redis", redis.uri(), "--queue", NAMESPACE);
      CommandRun started =
          CommandRun.of(
              "start", ID, "--service", "--queue", NAMESPACE, "--temporal", "127.0.0.1:" + port);
      assertThat(started.err()).isEmpty();
      await().untilAsserted(() -> assertThat(run(port, "status").out()).contains("5 pending"));

      loseEvents(redis);
      run(port, "resume");

      await()
          .untilAsserted(
              () ->
                  assertThat(run(port, "status").out())
                      .contains("0 given up, 5 LOST by the queue's store"));
      assertThat(run(port, "stop").err()).isEmpty();
      CommandRun result = run(port, "result");
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.out()).contains("5 LOST by the queue's store: publish them again");
    }
  }
}
