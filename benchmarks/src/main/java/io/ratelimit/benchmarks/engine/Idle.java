package io.ratelimit.benchmarks.engine;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.benchmarks.table.Table;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cost of idle engines.
 *
 * @param threads the number of their threads together
 * @param connections the number of their connections
 * @param scripts the scripts that Redis runs for all of them per second
 * @param share the CPU usage of this process; 1 is one full core
 * @param redisShare the CPU usage of Redis
 */
record Idle(int threads, int connections, double scripts, double share, double redisShare) {

  private static final Pattern CLIENTS = Pattern.compile("connected_clients:(\\d+)");

  /**
   * Engines that idle.
   *
   * @param clients how many clients they have, each as a process of its own would have one
   * @param engines how many engines each client has
   * @param workers how many workers each engine has
   * @param shareQueue whether they all take from one queue, or each has one of its own
   */
  private record Crew(String name, int clients, int engines, int workers, boolean shareQueue) {}

  /** Measures, and prints a row for each crew. */
  static void print(String uri, boolean quick) throws InterruptedException {
    Table table =
        new Table(
            34,
            "Nothing to do",
            "threads",
            "connections",
            "scripts/s",
            "of a core",
            "Redis, of one");
    int queues = quick ? 20 : 200;
    int engines = quick ? 20 : 1_000;
    List<Crew> crews =
        List.of(
            new Crew("nobody", 0, 0, 1, true),
            new Crew(queues + " engines, a queue each", 1, queues, 1, false),
            new Crew("1 engine of 1000 workers", 1, 1, 1_000, true),
            new Crew("20 processes of 50 workers", 20, 1, 50, true),
            new Crew(engines + " engines of 1 worker", 1, engines, 1, true));
    for (Crew crew : crews) {
      Idle idle = measure(uri, crew, quick);
      table.row(
          crew.name,
          idle.threads(),
          idle.connections(),
          idle.scripts(),
          String.format(Locale.ROOT, "%.2f %%", 100 * idle.share()),
          String.format(Locale.ROOT, "%.2f %%", 100 * idle.redisShare()));
    }
  }

  private static Idle measure(String uri, Crew crew, boolean quick) throws InterruptedException {
    List<Runnable> closing = new ArrayList<>();
    RedisClient questions = RedisClient.create(uri);
    try (StatefulRedisConnection<String, String> asking = RedisUse.connect(questions)) {
      String unused = asking.sync().flushall();
      int threadsBefore = Thread.activeCount();
      int connectionsBefore = connections(asking);
      for (int client = 0; client < crew.clients; client++) {
        start(uri, crew, client, closing);
      }
      Thread.sleep(quick ? 1_000 : 60_000);
      Duration processor = Course.processor();
      RedisUse before = RedisUse.now(asking);
      long since = System.nanoTime();
      Thread.sleep(quick ? 2_000 : 30_000);
      double nanos = System.nanoTime() - since;
      RedisUse used = RedisUse.now(asking).since(before);
      return new Idle(
          Thread.activeCount() - threadsBefore,
          connections(asking) - connectionsBefore,
          used.scripts() * 1e9 / nanos,
          Course.processor().minus(processor).toNanos() / nanos,
          used.micros() * 1e3 / nanos);
    } finally {
      closing.forEach(Runnable::run);
      questions.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private static void start(String uri, Crew crew, int number, List<Runnable> closing) {
    RedisClient client = RedisUse.client(uri);
    closing.add(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(1)));
    for (int n = 0; n < crew.engines; n++) {
      RedisEventQueue queue =
          RedisEventQueue.builder(EngineDrain.UNLIMITED)
              .client(client)
              .namespace(crew.shareQueue ? "idle" : "idle-" + number + "-" + n)
              .startUp(RedisEventQueue.StartUp.FULL)
              .connect();
      closing.add(0, queue::close);
      AuditEngine engine =
          AuditEngine.builder(queue)
              .handler(event -> {})
              .workers(crew.workers, crew.workers)
              .build();
      closing.add(0, engine::close);
      engine.start();
    }
  }

  private static int connections(StatefulRedisConnection<String, String> asking) {
    Matcher clients = CLIENTS.matcher(asking.sync().info("clients"));
    return clients.find() ? Integer.parseInt(clients.group(1)) : 0;
  }
}
