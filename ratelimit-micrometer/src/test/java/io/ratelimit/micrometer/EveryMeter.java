package io.ratelimit.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;

/** Registers every possible meter. */
final class EveryMeter {

  static void into(MeterRegistry registry) {
    VirtualTime time = VirtualTime.atEpoch();
    EventQueue queue =
        MeteredEventQueue.of(
            registry,
            "audits",
            InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build());
    queue.publish(AuditEvent.of("event-0", Samples.TYPE, "wallet-1"));
    TakeRequest request = TakeRequest.one("take", "worker", Duration.ofMinutes(1));
    TakeResult.Taken taken = (TakeResult.Taken) queue.take(request);
    Settlement unused = queue.ack(taken.leases().get(0));
    queue.publish(AuditEvent.of("event-1", Samples.TYPE, "wallet-1"));
    QueueMetrics.of("audits", queue).bindTo(registry);
    registry.get("ratelimit.queue.up").gauge().value();

    AttemptMetrics attempts = AttemptMetrics.of(registry, "audits", time);
    attempts.attemptStarted(Samples.lease(Samples.TYPE, 1), 1);
    attempts.attemptFinished(
        Samples.lease(Samples.TYPE, 1),
        1,
        new AttemptOutcome.Retry(
            Duration.ofSeconds(1), Failure.of("IOException", "IOException: connection reset")),
        Duration.ofSeconds(7),
        Settlement.SETTLED);
    attempts.failed("taking events", new IllegalStateException());

    ScalingMetrics.of(registry, "audits", time)
        .decided(
            Samples.decision(Constraint.RATE, Duration.ofSeconds(150), Duration.ofSeconds(180)), 3);
  }

  private EveryMeter() {}
}
