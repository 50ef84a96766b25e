package io.ratelimit.temporal.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.engine.ScalingMemory;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.LaneCensus;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the manager's decisions are made from. */
class DeciderTest {

  private static final int EVENTS = 40;

  /** Half of all attempts fail, and whoever asks says nothing of retries. */
  private static ScalingDecision decide(RetryPolicy retries) {
    DecideRequest request =
        new DecideRequest(
            ManagerOptions.round().withExpectations(new Expectations(0.5, 0, 0, 1)),
            ManagerOptions.round().terms().workers(),
            Instant.EPOCH,
            Optional.empty(),
            ScalingMemory.NONE,
            0,
            List.of(),
            Map.of(),
            Optional.empty());
    try (EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute())) {
      for (int i = 0; i < EVENTS; i++) {
        queue.publish(AuditEvent.of("e" + i, EventType.NEW_BALANCE_UPDATE, "w"));
      }
      return new Decider(request, ManagerCaps.DEFAULT, "owner", Optional.empty(), retries)
          .decide(
              queue.stats(),
              new LaneCensus(0, 0, Optional.empty(), List.of(), false),
              Duration.ZERO,
              queue)
          .decision();
    }
  }

  @Test
  void retriesThatTheWorkerMakesArePlannedFor() {
    ScalingDecision without = decide(RetryPolicy.NONE);
    ScalingDecision with = decide(RetryPolicy.NONE.withMaxRetries(1));

    // A start each 3 s, and on average 20 more where each of the 40 may be tried once more.
    assertThat(with.projectedFinish().minus(without.projectedFinish()))
        .isGreaterThan(Duration.ofSeconds(60));
  }
}
