package io.ratelimit.benchmarks.engine;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The cost of a single event while several engines wait for it: how soon it starts and ends, and
 * how many scripts Redis runs for it.
 *
 * @param engines the number of waiting engines, each as if in its own process
 * @param begun from before the publication to the handler
 * @param done from before the publication until the queue has acknowledged it
 * @param scripts the scripts that Redis ran for each event, from its publication to the next
 */
record Wakeups(int engines, Latency begun, Latency done, double scripts) {

  /** The 50th and the 99th percentile of a latency. */
  record Latency(double p50Millis, double p99Millis) {
    static Latency of(List<Long> nanos) {
      long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
      return new Latency(millis(sorted, 0.5), millis(sorted, 0.99));
    }

    private static double millis(long[] sorted, double share) {
      return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
    }
  }

  /** Records when each event began and ended. */
  private static final class Arrivals implements EngineListener {
    private final BlockingQueue<Long> begun = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> done = new LinkedBlockingQueue<>();

    @Override
    public void attemptFinished(
        Lease lease, int lane, AttemptOutcome outcome, Duration processing, Settlement settlement) {
      done.add(System.nanoTime());
    }

    private static long next(BlockingQueue<Long> arrivals) throws InterruptedException {
      Long arrived = arrivals.poll(20, TimeUnit.SECONDS);
      if (arrived == null) {
        throw new IllegalStateException("an event that was published did not arrive");
      }
      return arrived;
    }
  }

  private static final int WARM_UP = 100;

  /** Publishes events one by one, with a gap between them. */
  static Wakeups measure(String uri, int engines, int events, Duration gap)
      throws InterruptedException {
    RedisClient client = RedisClient.create(uri);
    client.setOptions(
        ClientOptions.builder().disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS).build());
    List<AuditEngine> waiting = new ArrayList<>();
    List<RedisEventQueue> queues = new ArrayList<>();
    Arrivals arrivals = new Arrivals();
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
                      arrivals.begun.add(System.nanoTime());
                    })
                .listener(arrivals)
                .build();
        waiting.add(engine);
        engine.start();
      }
      publish(queues.get(0), arrivals, 0, WARM_UP, gap, new ArrayList<>(), new ArrayList<>());
      RedisUse before = RedisUse.now(asking);
      List<Long> begun = new ArrayList<>();
      List<Long> done = new ArrayList<>();
      publish(queues.get(0), arrivals, WARM_UP, events, gap, begun, done);
      RedisUse used = RedisUse.now(asking).since(before);
      return new Wakeups(
          engines, Latency.of(begun), Latency.of(done), (double) used.scripts() / events);
    } finally {
      waiting.forEach(AuditEngine::close);
      queues.forEach(RedisEventQueue::close);
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private static void publish(
      RedisEventQueue queue,
      Arrivals arrivals,
      int from,
      int count,
      Duration gap,
      List<Long> begun,
      List<Long> done)
      throws InterruptedException {
    for (int n = from; n < from + count; n++) {
      long published = System.nanoTime();
      queue.publish(AuditEvent.of("event-" + n, EventType.of("TEST"), "wallet"));
      begun.add(Arrivals.next(arrivals.begun) - published);
      done.add(Arrivals.next(arrivals.done) - published);
      Thread.sleep(gap.toMillis());
    }
  }
}
