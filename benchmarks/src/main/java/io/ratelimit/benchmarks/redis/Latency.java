package io.ratelimit.benchmarks.redis;

import io.ratelimit.benchmarks.table.Table;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Measures how soon a handler gets an event that another client publishes to an idle queue. */
final class Latency {

  private static final RateLimit UNLIMITED = RateLimit.of(100_000).perSecond().withBurst(100_000);
  private static final int WARM_UP = 200;

  private final MeasuredRedis redis;
  private final int count;

  Latency(MeasuredRedis redis, boolean quick) {
    this.redis = redis;
    this.count = quick ? 300 : 1_000;
  }

  void run() throws InterruptedException {
    redis.flush();
    BlockingQueue<Long> arrivals = new LinkedBlockingQueue<>();
    try (RedisEventQueue publisher = connect();
        RedisEventQueue taker = connect();
        AuditEngine engine =
            AuditEngine.builder(taker)
                .handler(
                    event -> {
                      arrivals.add(System.nanoTime());
                    })
                .workers(10, 10)
                .build()) {
      engine.start();
      long[] unusedWarmUp = measure(publisher, arrivals, 0, WARM_UP);
      long[] nanos = measure(publisher, arrivals, WARM_UP, count);
      Table table = new Table(34, "Latency in ms", "p50", "p90", "p99", "largest");
      table.row(
          "publish to handler, idle queue",
          percentile(nanos, 0.5),
          percentile(nanos, 0.9),
          percentile(nanos, 0.99),
          percentile(nanos, 1));
    }
  }

  private RedisEventQueue connect() {
    return RedisEventQueue.builder(UNLIMITED)
        .uri(redis.uri())
        .namespace("latency")
        .startUp(RedisEventQueue.StartUp.FULL)
        .connect();
  }

  /**
   * Returns the latencies in nanoseconds, in order, from before the call to publish until the
   * handler.
   */
  private static long[] measure(
      RedisEventQueue publisher, BlockingQueue<Long> arrivals, int from, int count)
      throws InterruptedException {
    LongStream.Builder nanos = LongStream.builder();
    for (int n = from; n < from + count; n++) {
      long published = System.nanoTime();
      publisher.publish(AuditEvent.of("event-" + n, EventType.of("TEST"), "wallet"));
      Long arrived = arrivals.poll(10, TimeUnit.SECONDS);
      if (arrived == null) {
        throw new IllegalStateException("event " + n + " did not arrive");
      }
      nanos.add(arrived - published);
      Thread.sleep(5); // Lets the queue become idle again.
    }
    return nanos.build().sorted().toArray();
  }

  private static double percentile(long[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
  }
}
