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
 * What engines cost that have nothing to do, each on a queue of its own, on one client.
 *
 * @param engines how many
 * @param threads how many threads they have together
 * @param connections how many connections
 * @param scripts how many scripts Redis runs for all of them, a second
 * @param share how much of a processor this process uses, 1 being all of one
 * @param redisShare the same of Redis
 */
record Idle(
    int engines, int threads, int connections, double scripts, double share, double redisShare) {

  private static final Pattern CLIENTS = Pattern.compile("connected_clients:(\\d+)");

  /**
   * Lets them idle.
   *
   * @param settling how long they do so before they are measured
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
