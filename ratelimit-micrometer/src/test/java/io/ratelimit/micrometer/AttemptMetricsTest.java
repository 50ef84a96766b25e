package io.ratelimit.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final VirtualTime time = VirtualTime.atEpoch();
  private final AttemptMetrics metrics = AttemptMetrics.of(registry, "audits", time);

  private void attempt(Lease lease, AttemptOutcome outcome, Settlement settlement) {
    metrics.attemptStarted(lease, 3);
    metrics.attemptFinished(lease, 3, outcome, Duration.ofSeconds(7), settlement);
  }

  private static Failure failure(String kind, String message) {
    return Failure.of(kind, kind + ": " + message);
  }

  private void attempt(AttemptOutcome outcome) {
    attempt(Samples.lease(Samples.TYPE, 1), outcome, Settlement.SETTLED);
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  @Test
  void everyAttemptIsTimedByTypeAndOutcome() {
    attempt(new AttemptOutcome.Done());
    attempt(new AttemptOutcome.Done());
    attempt(new AttemptOutcome.Retry(Duration.ofSeconds(1), failure("IOException", "reset")));
    attempt(new AttemptOutcome.Failed(failure("PermanentFailureException", "no such wallet")));
    attempt(
        new AttemptOutcome.Throttled(
            Duration.ofSeconds(9), failure("PauseEveryoneException", "429")));
    attempt(new AttemptOutcome.Released());

    assertThat(registry.get("ratelimit.processing").timers())
        .extracting(timer -> timer.getId().getTag("outcome"))
        .containsExactlyInAnyOrder("done", "retry", "failed", "throttled", "released");
    Timer done =
        registry
            .get("ratelimit.processing")
            .tags("queue", "audits", "type", "REBALANCE_NEEDED", "outcome", "done")
            .timer();
    assertThat(done.count()).isEqualTo(2);
    assertThat(done.totalTime(TimeUnit.SECONDS)).isEqualTo(14);
    assertThat(registry.get("ratelimit.failures").counters()).hasSize(3);
  }

  @Test
  void onlyTheFirstAttemptHasWaited() {
    attempt(Samples.lease(Samples.TYPE, 1), new AttemptOutcome.Done(), Settlement.SETTLED);
    attempt(Samples.lease(Samples.TYPE, 2), new AttemptOutcome.Done(), Settlement.SETTLED);

    Timer wait = registry.get("ratelimit.wait").tag("priority", "high").timer();
    assertThat(wait.count()).isOne();
    assertThat(wait.totalTime(TimeUnit.SECONDS)).isEqualTo(20);
  }

  @Test
  void runningAttemptsAreCounted() {
    metrics.attemptStarted(Samples.lease(Samples.TYPE, 1), 1);
    metrics.attemptStarted(Samples.lease(Samples.TYPE, 1), 2);
    assertThat(gauge("ratelimit.attempts.running")).isEqualTo(2);

    metrics.attemptFinished(
        Samples.lease(Samples.TYPE, 1),
        1,
        new AttemptOutcome.Done(),
        Duration.ZERO,
        Settlement.SETTLED);
    assertThat(gauge("ratelimit.attempts.running")).isOne();
  }

  @Test
  void howLongAgoAnEventWasTakenIsKnownFromTheFirstOn() {
    assertThat(gauge("ratelimit.take.age")).isNaN();

    attempt(new AttemptOutcome.Done());
    time.advance(Duration.ofMillis(2_500));

    assertThat(gauge("ratelimit.take.age")).isEqualTo(2.5);
  }

  @Test
  void settlementsThatTheQueueRefusedAreCountedFromZeroOn() {
    Counter refused = registry.get("ratelimit.settlements.refused").counter();
    assertThat(refused.count()).isZero();

    attempt(new AttemptOutcome.Done());
    attempt(Samples.lease(Samples.TYPE, 1), new AttemptOutcome.Done(), Settlement.STALE_LEASE);

    assertThat(refused.count()).isOne();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TooManyRequests",
        "OutOfMemoryError",
        "timeout",
        "interrupted",
        "no-handler",
        "never-settled",
        "worker-lost"
      })
  void theKindOfAFailureBecomesATagAndItsReasonDoesNot(String kind) {
    attempt(new AttemptOutcome.Failed(failure(kind, "connection of wallet-17 reset")));

    assertThat(registry.get("ratelimit.failures").counter().getId().getTag("reason"))
        .isEqualTo(kind);
  }

  @Test
  void thereAreNeverMoreThanFiftyExceptionsAndAHundredTypes() {
    for (int i = 0; i < 200; i++) {
      attempt(
          Samples.lease(EventType.of("TYPE_" + i), 1),
          new AttemptOutcome.Done(),
          Settlement.SETTLED);
    }
    for (int i = 0; i < 200; i++) {
      attempt(new AttemptOutcome.Failed(failure("Wallet" + i + "Exception", "gone")));
    }

    assertThat(registry.get("ratelimit.processing").tag("outcome", "done").timers()).hasSize(101);
    attempt(new AttemptOutcome.Failed(failure("timeout", "comes late")));

    assertThat(registry.get("ratelimit.failures").counters()).hasSize(52);
    assertThat(registry.get("ratelimit.failures").tag("reason", "other").counter().count())
        .isEqualTo(150);
  }

  @ParameterizedTest
  @CsvSource({
    "taking events, taking",
    "settling event event-1, settling",
    "scaling, scaling",
    "ending the emergency, scaling",
    "extending leases, extending",
    "checking for handler timeouts, timeouts",
    "dancing with wallet-1, other"
  })
  void whatTheEngineCouldNotDoIsCountedFromZeroOn(String activity, String tag) {
    Counter failures = registry.get("ratelimit.engine.failures").tag("activity", tag).counter();
    assertThat(failures.count()).isZero();

    metrics.failed(activity, new IllegalStateException("event-1"));

    assertThat(failures.count()).isOne();
    assertThat(registry.get("ratelimit.engine.failures").counters()).hasSize(6);
  }
}
