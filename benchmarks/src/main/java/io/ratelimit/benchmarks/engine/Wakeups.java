package io.ratelimit.benchmarks.engine;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.ratelimit.benchmarks.table.Table;
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
 * how many scripts Redis runs for it. A processor that was idle for long takes its time to wake up,
 * for each thread and process on the way; so a message of Redis to a subscriber is measured beside
 * it, the least that any wake-up takes.
 */
final class Wakeups {

  private static final String CHANNEL = "wakeups";
  private static final int[] GAPS = {1, 5, 20};

  private final BlockingQueue<Long> begun = new LinkedBlockingQueue<>();
  private final BlockingQueue<Long> done = new LinkedBlockingQueue<>();
  private final RedisClient client;
  private final int warmUp;
  private final int events;

  private Wakeups(RedisClient client, boolean quick) {
    this.client = client;
    this.warmUp = quick ? 50 : 5_000;
    this.events = quick ? 20 : 500;
  }

  /** Measures, and prints a row for each number of engines and gap between events. */
  static void print(String uri, boolean quick) throws InterruptedException {
    Table table =
        new Table(
            24,
            "An event that is alone",
            "gap, ms",
            "begun p50, ms",
            "p99, ms",
            "done p50, ms",
            "p99, ms",
            "scripts");
    RedisClient client = RedisUse.client(uri);
    try {
      new Wakeups(client, quick).messages(table);
      for (int engines : quick ? new int[] {1, 3} : new int[] {1, 3, 50}) {
        new Wakeups(client, quick).engines(table, engines);
      }
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private void messages(Table table) throws InterruptedException {
    try (StatefulRedisConnection<String, String> sending = RedisUse.connect(client);
        StatefulRedisPubSubConnection<String, String> hearing = client.connectPubSub()) {
      hearing.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
              begun.add(System.nanoTime());
            }
          });
      hearing.sync().subscribe(CHANNEL);
      Runnable send =
          () -> {
            Long unused = sending.sync().publish(CHANNEL, "");
          };
      long[] unused = messages(send, warmUp, 0);
      for (int gap : GAPS) {
        Latency heard = Latency.of(messages(send, events, gap));
        table.row("a message of Redis", gap, heard.p50Millis(), heard.p99Millis(), "", "", "");
      }
    }
  }

  private long[] messages(Runnable send, int count, int gapMillis) throws InterruptedException {
    long[] nanos = new long[count];
    for (int n = 0; n < count; n++) {
      long sent = System.nanoTime();
      send.run();
      nanos[n] = next(begun) - sent;
      Thread.sleep(gapMillis);
    }
    return nanos;
  }

  /** Each engine is as if in a process of its own. */
  private void engines(Table table, int engines) throws InterruptedException {
    List<AuditEngine> waiting = new ArrayList<>();
    List<RedisEventQueue> queues = new ArrayList<>();
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
                      begun.add(System.nanoTime());
                    })
                .listener(new Ends())
                .build();
        waiting.add(engine);
        engine.start();
      }
      String name = engines + (engines == 1 ? " idle engine" : " idle engines");
      RedisEventQueue publishing = queues.get(0);
      publish(publishing, "warm-up-", new long[warmUp], new long[warmUp], 0);
      for (int gap : GAPS) {
        RedisUse before = RedisUse.now(asking);
        long[] begunAfter = new long[events];
        long[] doneAfter = new long[events];
        publish(publishing, gap + "-ms-", begunAfter, doneAfter, gap);
        double scripts = (double) RedisUse.now(asking).since(before).scripts() / events;
        Latency begins = Latency.of(begunAfter);
        Latency ends = Latency.of(doneAfter);
        table.row(
            name,
            gap,
            begins.p50Millis(),
            begins.p99Millis(),
            ends.p50Millis(),
            ends.p99Millis(),
            scripts);
      }
    } finally {
      waiting.forEach(AuditEngine::close);
      queues.forEach(RedisEventQueue::close);
    }
  }

  /** Publishes events one by one, with a gap between them, and fills in how long each took. */
  private void publish(
      RedisEventQueue queue, String prefix, long[] begunAfter, long[] doneAfter, int gapMillis)
      throws InterruptedException {
    for (int n = 0; n < begunAfter.length; n++) {
      long published = System.nanoTime();
      queue.publish(AuditEvent.of(prefix + n, EventType.of("TEST"), "wallet"));
      begunAfter[n] = next(begun) - published;
      doneAfter[n] = next(done) - published;
      Thread.sleep(gapMillis);
    }
  }

  private static long next(BlockingQueue<Long> moments) throws InterruptedException {
    Long moment = moments.poll(20, TimeUnit.SECONDS);
    if (moment == null) {
      throw new IllegalStateException("what was published did not arrive");
    }
    return moment;
  }

  private final class Ends implements EngineListener {
    @Override
    public void attemptFinished(
        Lease lease, int lane, AttemptOutcome outcome, Duration processing, Settlement settlement) {
      done.add(System.nanoTime());
    }
  }
}
