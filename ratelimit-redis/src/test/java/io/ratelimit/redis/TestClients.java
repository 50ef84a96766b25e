package io.ratelimit.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The server that most tests share, and clients for it. */
public final class TestClients {

  private static final class Shared {
    static final LocalRedis SERVER = LocalRedis.start();
  }

  // One set of threads for all queues in a test JVM.
  private static final class SharedResources {
    static final ClientResources RESOURCES =
        ClientResources.builder()
            .reconnectDelay(
                Delay.exponential(
                    Duration.ofMillis(10), Duration.ofMillis(200), 2, TimeUnit.MILLISECONDS))
            .build();
  }

  public static LocalRedis server() {
    return Shared.SERVER;
  }

  /** Asks a server over a separate connection. */
  public static <T> T ask(LocalRedis server, Function<RedisCommands<String, String>, T> question) {
    RedisURI uri = RedisURI.create(server.uri());
    uri.setTimeout(Duration.ofSeconds(5));
    RedisClient client = RedisClient.create(resources(), uri);
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      return question.apply(connection.sync());
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  /** Returns a client as a host creates it for a queue. */
  static RedisClient client(LocalRedis server) {
    RedisClient client = RedisClient.create(resources(), server.uri());
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .build());
    return client;
  }

  /** Waits until a replica has caught up with its master. */
  static void awaitLinkToMaster(LocalRedis replica, Duration patience) {
    await()
        .atMost(patience)
        .until(() -> ask(replica, r -> r.info("replication")).contains("master_link_status:up"));
  }

  static ClientResources resources() {
    return SharedResources.RESOURCES;
  }

  static String newNamespace() {
    return "test-" + UUID.randomUUID();
  }

  /** Returns a queue in a new namespace, whose whole burst may start at once. */
  public static RedisEventQueue.Builder queue(RateLimit limit) {
    return queue(server(), limit);
  }

  static RedisEventQueue.Builder queue(LocalRedis server, RateLimit limit) {
    return RedisEventQueue.builder(limit)
        .uri(server.uri())
        .clientResources(resources())
        // A busy machine must not cause timeouts.
        .commandTimeout(Duration.ofSeconds(30))
        .namespace(newNamespace())
        .startUp(RedisEventQueue.StartUp.FULL);
  }

  private TestClients() {}
}
