package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerCostsTest {

  @Test
  void anAttemptCostsWhatItsAnswerTells() throws InterruptedException {
    try (EventQueue queue = AnswerCosts.queue();
        AuditEngine engine =
            AnswerCosts.engine(
                queue,
                wallet -> Collections.nCopies(wallet.equals("large") ? 1_730 : 20, "trade"))) {
      queue.publish(
          List.of(
              AuditEvent.of("1", EventType.NEW_BALANCE_UPDATE, "large"),
              AuditEvent.of("2", EventType.NEW_BALANCE_UPDATE, "small")));

      engine.runRound();

      assertThat(queue.namedLimitControl().key(new LimitKey("weight", "")).orElseThrow().held())
          .containsExactly(18L + 1);
      assertThat(queue.stats().corrections())
          .isEqualTo(new QueueStats.Corrections(13, 4, 0, Optional.empty()));
    }
  }

  @Test
  void whatIsNotNeededIsGivenBack() throws InterruptedException {
    VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
    RateLimit limit = RateLimit.of(2).per(Duration.ofSeconds(10)).withBurst(2);
    try (RateLimiter limiter = RateLimiter.inMemory(limit, time)) {
      assertThat(AnswerCosts.balance(limiter, "w", wallet -> Optional.of("7"), wallet -> "8"))
          .isEqualTo("7");
      assertThat(AnswerCosts.balance(limiter, "w", wallet -> Optional.empty(), wallet -> "8"))
          .isEqualTo("8");
      assertThat(limiter.tryAcquire()).isInstanceOf(AcquireResult.NotBefore.class);
    }
  }
}
