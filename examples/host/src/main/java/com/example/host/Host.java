package com.example.host;

import io.micrometer.core.instrument.MeterRegistry;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.micrometer.QueueMetrics;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.function.Consumer;

/** Audits wallets over Redis, and counts what it does. */
public final class Host {

  /** Connects to the queue of this host. */
  public static EventQueue connect(String redis, RateLimit limit) {
    return RedisEventQueue.builder(limit).uri(redis).namespace("host").connect();
  }

  /** Returns an engine that audits the wallets of a queue. */
  public static AuditEngine engine(
      EventQueue queue, MeterRegistry meters, Consumer<String> audit) {
    QueueMetrics.of("audits", queue).bindTo(meters);
    return AuditEngine.builder(queue)
        .handler(
            event -> {
              audit.accept(event.walletId());
            })
        .workers(1, 10)
        .deadline(Duration.ofMinutes(3))
        .build();
  }

  private Host() {}
}
