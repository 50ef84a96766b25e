package io.ratelimit.benchmarks.engine;

import io.ratelimit.benchmarks.table.Table;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * How soon events start while they come at half the rate at which an engine drains them: published
 * every 2 ms, whether or not earlier ones have started.
 */
final class HalfLoad {

  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int LONGEST_BATCH = 1_000;
  private static final int PATIENCE_SECONDS = 60;

  private final RedisEventQueue queue;
  private final int events;

  private HalfLoad(RedisEventQueue queue, int events) {
    this.queue = queue;
    this.events = events;
  }

  /** Measures, and prints a row for each number of lanes. */
  static void print(String uri, boolean quick) throws InterruptedException {
    Table table = new Table(24, "At half load", "lanes", "per second", "begun p50, ms", "p99, ms");
    for (int lanes : quick ? new int[] {10} : new int[] {10, 50}) {
      try (RedisEventQueue queue =
          RedisEventQueue.builder(EngineDrain.UNLIMITED)
              .uri(uri)
              .namespace("half-load-" + lanes)
              .commandTimeout(Duration.ofSeconds(30))
              .startUp(RedisEventQueue.StartUp.FULL)
              .connect()) {
        HalfLoad load = new HalfLoad(queue, quick ? 2_000 : 60_000);
        double perSecond = load.drained(lanes) / 2;
        Latency begun = load.at(lanes, perSecond);
        table.row("engine over Redis", lanes, perSecond, begun.p50Millis(), begun.p99Millis());
      }
    }
  }

  /** Returns how many of the events an engine drains in a second when all of them wait. */
  private double drained(int lanes) throws InterruptedException {
    Numbered.publish(queue, Numbered.events("drained-", 0, events), LONGEST_BATCH);
    CountDownLatch done = new CountDownLatch(events);
    long begun = System.nanoTime();
    try (AuditEngine engine = engine(queue, lanes, event -> done.countDown())) {
      engine.start();
      await(done);
      return events * 1e9 / (System.nanoTime() - begun);
    }
  }

  private Latency at(int lanes, double perSecond) throws InterruptedException {
    long[] published = new long[events];
    AtomicLongArray begun = new AtomicLongArray(events);
    CountDownLatch done = new CountDownLatch(events);
    AuditEventHandler handler =
        event -> {
          begun.set(Numbered.of(event), System.nanoTime());
          done.countDown();
        };
    try (AuditEngine engine = engine(queue, lanes, handler)) {
      engine.start();
      long start = System.nanoTime();
      int sent = 0;
      while (sent < events) {
        long now = System.nanoTime();
        int due = (int) Math.min(events, Math.round((now - start) / 1e9 * perSecond));
        int until = Math.min(due, sent + LONGEST_BATCH);
        for (int n = sent; n < until; n++) {
          published[n] = now;
        }
        if (until > sent) {
          queue.publish(Numbered.events("timed-", sent, until));
          sent = until;
        }
        LockSupport.parkNanos(now + TICK_NANOS - System.nanoTime());
      }
      await(done);
    }
    // The first fifth warms up.
    int from = events / 5;
    long[] nanos = new long[events - from];
    for (int n = from; n < events; n++) {
      nanos[n - from] = begun.get(n) - published[n];
    }
    return Latency.of(nanos);
  }

  private static AuditEngine engine(EventQueue queue, int lanes, AuditEventHandler handler) {
    return AuditEngine.builder(queue)
        .workers(lanes, lanes)
        .deadline(Duration.ofHours(1))
        .handler(handler)
        .build();
  }

  private static void await(CountDownLatch done) throws InterruptedException {
    if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(done.getCount() + " events were not handled in time");
    }
  }
}
