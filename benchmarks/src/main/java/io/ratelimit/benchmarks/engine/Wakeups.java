package io.ratelimit.benchmarks.engine;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * What an event costs that comes alone, while several engines wait for it: how soon it is started,
 * and how many scripts Redis runs for it.
 *
 * @param engines how many wait, each as if in a process of its own
 * @param p50Millis from before the publication to the handler
 * @param p99Millis the same
 * @param scripts how many Redis ran for each event, from the publication to the next one
 */
record Wakeups(int engines, double p50Millis, double p99Millis, double scripts) {

  private static final int WARM_UP = 100;

  /** Publishes events one by one, as far apart as this. */
  static Wakeups measure(String uri, int engines, int events, Duration gap)
      throws InterruptedException {
    RedisClient client = RedisClient.create(uri);
    client.setOptions(
        ClientOptions.builder().disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS).build());
    List<AuditEngine> waiting = new ArrayList<>();
    List<RedisEventQueue> queues = new ArrayList<>();
    BlockingQueue<Long> arrivals = new LinkedBlockingQueue<>();
    try (StatefulRedisConnection<String, String> asking = RedisUse.connect(client)) {
      String unused = asking.sync().flushall();
      for (int n = 0; n <= engines; n++) {
        queues.add(
            RedisEventQueue.builder(EngineDrain.UNLIMITED)
                .client(client)
                .namespace("wakeups")
                .startUp(RedisEventQueue.StartUp.FULL)
                .connect());
      }
      for (RedisEventQueue queue : queues.subList(1, queues.size())) {
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(
                    event -> {
                      arrivals.add(System.nanoTime());
                    })
                .build();
        waiting.add(engine);
        engine.start();
      }
      long[] unusedWarmUp = publish(queues.get(0), arrivals, 0, WARM_UP, gap);
      RedisUse before = RedisUse.now(asking);
      long[] nanos = publish(queues.get(0), arrivals, WARM_UP, events, gap);
      RedisUse used = RedisUse.now(asking).since(before);
      return new Wakeups(
          engines, millis(nanos, 0.5), millis(nanos, 0.99), (double) used.scripts() / events);
    } finally {
      waiting.forEach(AuditEngine::close);
      queues.forEach(RedisEventQueue::close);
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private static long[] publish(
      RedisEventQueue queue, BlockingQueue<Long> arrivals, int from, int count, Duration gap)
      throws InterruptedException {
    LongStream.Builder nanos = LongStream.builder();
    for (int n = from; n < from + count; n++) {
      long published = System.nanoTime();
      queue.publish(AuditEvent.of("event-" + n, EventType.of("TEST"), "wallet"));
      Long arrived = arrivals.poll(20, TimeUnit.SECONDS);
      if (arrived == null) {
        throw new IllegalStateException("event " + n + " did not arrive");
      }
      nanos.add(arrived - published);
      Thread.sleep(gap.toMillis());
    }
    return nanos.build().sorted().toArray();
  }

  private static double millis(long[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
  }
}
