package io.ratelimit.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.queue.EventQueue;
import java.time.Duration;

/** The example in docs/metrics.md. */
final class EmbeddingExample {

  static AuditEngine engine(MeterRegistry registry, EventQueue store, AuditEventHandler handler) {
    // docs/metrics.md
    EventQueue queue = MeteredEventQueue.of(registry, "audits", store);
    QueueMetrics.of("audits", queue).bindTo(registry);
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(handler)
            .deadline(Duration.ofMinutes(3))
            .listener(AttemptMetrics.of(registry, "audits", queue.time()))
            .listener(ScalingMetrics.of(registry, "audits", queue.time()))
            .build();
    // docs/metrics.md
    return engine;
  }

  private EmbeddingExample() {}
}
