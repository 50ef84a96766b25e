package io.ratelimit.testkit.example;

import static io.ratelimit.testkit.report.RoundAssert.assertThatRound;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.testkit.queue.FaultyEventQueue;
import io.ratelimit.testkit.queue.FaultyEventQueue.Call;
import io.ratelimit.testkit.time.DeterministicTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WalletAuditTest {

  private final DeterministicTime time = DeterministicTime.atEpoch();
  private final EventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build();

  /** A fake client of the exchange: a call takes 4 s, and the tenth gets a 429. */
  private final class Exchange {
    private int calls;

    void audit(String walletId) throws InterruptedException {
      if (++calls == 10) {
        throw new PauseEveryoneException(Duration.ofSeconds(30), "429 for " + walletId);
      }
      time.sleep(Duration.ofSeconds(4));
    }

    CompletionStage<String> auditAsync(String walletId) {
      return CompletableFuture.supplyAsync(
          () -> "audited " + walletId, time.delayedExecutor(Duration.ofSeconds(4)));
    }
  }

  private final Exchange exchange = new Exchange();

  private static List<AuditEvent> events(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> AuditEvent.of("audit-" + i, EventType.OPEN_ORDER_DETECTED, "wallet-" + i))
        .toList();
  }

  // docs: round
  @Test
  void aRoundSurvivesA429() {
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                event -> {
                  exchange.audit(event.walletId());
                })
            .workers(1, 10)
            .deadline(Duration.ofMinutes(6))
            .build();
    queue.publish(events(108));

    RoundReport report = engine.runRound();

    assertThatRound(report)
        .metDeadline()
        .heldLimit()
        .hasDone(108)
        .leftNothing()
        .hasAttempts(109)
        .tookAtMost(Duration.ofMinutes(6));
  }

  // docs: end

  // docs: async
  @Test
  void asynchronousAuditsNeedNoThreads() {
    AuditEngine engine =
        AuditEngine.builder(queue)
            .asyncHandler(event -> exchange.auditAsync(event.walletId()))
            .build();
    queue.publish(events(20));

    assertThatRound(engine.runRound()).metDeadline().hasDone(20);
  }

  // docs: end

  // docs: service
  @Test
  void aServiceWorksOffWhatComes() {
    try (AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                event -> {
                  exchange.audit(event.walletId());
                })
            .build()) {
      engine.start();
      queue.publish(events(5));

      time.runUntil(() -> queue.stats().unfinished() == 0, Duration.ofMinutes(1));

      assertThat(queue.stats().done()).isEqualTo(5);
    }
  }

  // docs: end

  // docs: faults
  @Test
  void nothingIsLostThoughTheStoreIsNotWell() {
    FaultyEventQueue faulty =
        FaultyEventQueue.over(queue)
            .loseAnswer(Call.TAKE, 2)
            .delay(Call.ACK, 3, Duration.ofSeconds(20))
            .refuse(Call.ACK, 5)
            .loseLease(Call.EXTEND, 1);
    AuditEngine engine =
        AuditEngine.builder(faulty)
            .asyncHandler(event -> exchange.auditAsync(event.walletId()))
            .build();
    faulty.publish(events(20));

    assertThatRound(engine.runRound()).heldLimit().hasDone(20).leftNothing();
  }
  // docs: end
}
