package io.ratelimit.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.Constraint;
import io.ratelimit.core.scaling.Mode;
import io.ratelimit.core.scaling.Reason;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute().withBurst(20);

  private final EventQueue queue = InMemoryEventQueue.create(LIMIT);

  private Verdict verdict(Reason reason, int secondsNeeded, double confidence) {
    ScalingDecision decision =
        new ScalingDecision(
            Instant.EPOCH,
            4,
            LIMIT,
            Mode.NORMAL,
            Constraint.RATE,
            reason,
            4,
            4,
            Duration.ofSeconds(secondsNeeded),
            Duration.ofMinutes(3),
            confidence,
            Optional.empty());
    ManagerStatus status =
        new ManagerStatus(
            Optional.empty(),
            ManagerStatus.State.NORMAL,
            ManagerOptions.Mode.ROUND,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new WorkerRange(1, 10),
            4,
            4,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(decision),
            List.of(),
            new ManagerStatus.Counts(0, 0, 0, 0, 0, 0),
            List.of(),
            0,
            Optional.empty());
    return Verdict.of(
        new MonitorView(
            QueueView.of("q", queue.stats()),
            List.of(),
            List.of(),
            List.of(),
            Optional.of("m"),
            Optional.of(status)));
  }

  @Test
  void aDeadlineThatIsProbablyMetIsNotSaidToBeMissed() {
    queue.publish(AuditEvent.of("e", EventType.NEW_BALANCE_UPDATE, "w"));

    assertThat(verdict(Reason.DEADLINE_UNSURE, 182, 0.97))
        .returns(Verdict.Level.WARNING, Verdict::level)
        .returns("May miss its deadline: met with 97.0 %", Verdict::headline);
    assertThat(verdict(Reason.DEADLINE_OUT_OF_REACH, 200, 0.01).headline())
        .isEqualTo("Won’t make its deadline: 20 s short");
  }

  @Test
  void aFullWindowIsSaidWithItsTime() {
    for (int i = 0; i < 20; i++) {
      queue.publish(AuditEvent.of("e" + i, EventType.NEW_BALANCE_UPDATE, "w"));
      assertThat(queue.take(TakeRequest.one("take" + i, "w", Duration.ofMinutes(1))))
          .isInstanceOf(TakeResult.Taken.class);
    }

    assertThat(verdict(Reason.LIMIT_IS_BOTTLENECK, 100, 1).detail())
        .matches("Nothing starts for [0-9.]+ s\\. The rate limit is the bottleneck.*");
  }
}
