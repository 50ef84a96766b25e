package io.ratelimit.micrometer;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Sample values for tests. */
final class Samples {

  static final EventType TYPE =
      new EventType("REBALANCE_NEEDED", Priority.HIGH, Duration.ofSeconds(8));

  static Lease lease(EventType type, int attempt) {
    return new Lease(
        "token",
        1,
        AuditEvent.of("event-1", type, "wallet-1"),
        attempt,
        "worker-7",
        Instant.EPOCH,
        Instant.EPOCH.plusSeconds(20),
        Instant.EPOCH.plusSeconds(35));
  }

  static ScalingDecision decision(Constraint constraint, Duration projected, Duration left) {
    return decisionAt(Instant.EPOCH, constraint, projected, left);
  }

  static ScalingDecision decisionAt(
      Instant at, Constraint constraint, Duration projected, Duration left) {
    return new ScalingDecision(
        at,
        4,
        RateLimit.of(20).perMinute(),
        Mode.NORMAL,
        constraint,
        Reason.LIMIT_IS_BOTTLENECK,
        6,
        5,
        projected,
        left,
        1,
        Optional.empty());
  }

  private Samples() {}
}
