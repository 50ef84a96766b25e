package io.ratelimit.redis;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The server that most tests share, and queues on it. */
final class TestClients {

  private static final class Shared {
    static final RedisServerProcess SERVER = RedisServerProcess.start();
  }

  // One set of threads for all queues of a test JVM.
  private static final class SharedResources {
    static final ClientResources RESOURCES =
        ClientResources.builder()
            .reconnectDelay(
                Delay.exponential(
                    Duration.ofMillis(10), Duration.ofMillis(200), 2, TimeUnit.MILLISECONDS))
            .build();
  }

  static RedisServerProcess server() {
    return Shared.SERVER;
  }

  static ClientResources resources() {
    return SharedResources.RESOURCES;
  }

  static String newNamespace() {
    return "test-" + UUID.randomUUID();
  }

  /** A queue in a namespace of its own, whose whole burst may start at once. */
  static RedisEventQueue.Builder queue(RateLimit limit) {
    return queue(server(), limit);
  }

  static RedisEventQueue.Builder queue(RedisServerProcess server, RateLimit limit) {
    return RedisEventQueue.builder(limit)
        .uri(server.uri())
        .clientResources(resources())
        .namespace(newNamespace())
        .startUp(RedisEventQueue.StartUp.FULL);
  }

  private TestClients() {}
}
