package io.ratelimit.benchmarks.engine;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cost of idle engines, each on a queue of its own, over one client.
 *
 * @param engines the number of engines
 * @param threads the number of their threads together
 * @param connections the number of their connections
 * @param scripts the scripts that Redis runs for all of them per second
 * @param share the CPU usage of this process; 1 is one full core
 * @param redisShare the CPU usage of Redis
 */
record Idle(
    int engines, int threads, int connections, double scripts, double share, double redisShare) {

  private static final Pattern CLIENTS = Pattern.compile("connected_clients:(\\d+)");

  /**
   * Lets engines idle.
   *
   * @param settling how long they idle before the measurement
   */
  static Idle measure(String uri, int engines, Duration settling, Duration measured)
      throws InterruptedException {
    RedisClient client = RedisClient.create(uri);
    client.setOptions(
        ClientOptions.builder().disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS).build());
    List<AuditEngine> waiting = new ArrayList<>();
    List<RedisEventQueue> queues = new ArrayList<>();
    try (StatefulRedisConnection<String, String> asking = RedisUse.connect(client)) {
      String unused = asking.sync().flushall();
      int threadsBefore = Thread.activeCount();
      int connectionsBefore = connections(asking);
      for (int n = 0; n < engines; n++) {
        RedisEventQueue queue =
            RedisEventQueue.builder(EngineDrain.UNLIMITED)
                .client(client)
                .namespace("idle-" + n)
                .startUp(RedisEventQueue.StartUp.FULL)
                .connect();
        queues.add(queue);
        AuditEngine engine = AuditEngine.builder(queue).handler(event -> {}).build();
        waiting.add(engine);
        engine.start();
      }
      Thread.sleep(settling.toMillis());
      Duration processor = Course.processor();
      RedisUse before = RedisUse.now(asking);
      long since = System.nanoTime();
      Thread.sleep(measured.toMillis());
      double nanos = System.nanoTime() - since;
      RedisUse used = RedisUse.now(asking).since(before);
      return new Idle(
          engines,
          Thread.activeCount() - threadsBefore,
          connections(asking) - connectionsBefore,
          used.scripts() * 1e9 / nanos,
          Course.processor().minus(processor).toNanos() / nanos,
          used.micros() * 1e3 / nanos);
    } finally {
      waiting.forEach(AuditEngine::close);
      queues.forEach(RedisEventQueue::close);
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private static int connections(StatefulRedisConnection<String, String> asking) {
    Matcher clients = CLIENTS.matcher(asking.sync().info("clients"));
    return clients.find() ? Integer.parseInt(clients.group(1)) : 0;
  }
}
