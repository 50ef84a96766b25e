package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.BatchResult;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** One round with an API that accepts several wallets in one call and answers for each. */
public final class BatchRound {

  /** A client of such an API. */
  interface Exchange {
    /** Audits wallets, and returns the unknown ones. */
    Set<String> auditAll(List<String> walletIds);
  }

  private final Exchange exchange;

  BatchRound(Exchange exchange) {
    this.exchange = exchange;
  }

  RoundReport drain(List<AuditEvent> events) {
    EventQueue queue = InMemoryEventQueue.create(RateLimit.of(1_200).perMinute().withBurst(100));
    // docs/handlers.md
    AuditEngine engine =
        AuditEngine.builder(queue)
            .batchHandler(50, Duration.ofSeconds(2), this::auditAll)
            .workers(50, 100)
            .build();
    // docs/handlers.md
    queue.publish(events);
    return engine.runRound();
  }

  // docs/handlers.md
  private BatchResult auditAll(List<AttemptContext> batch) {
    Set<String> unknown =
        exchange.auditAll(batch.stream().map(attempt -> attempt.event().walletId()).toList());
    BatchResult result = BatchResult.allDone();
    for (AttemptContext attempt : batch) {
      if (unknown.contains(attempt.event().walletId())) {
        result =
            result.withFailure(
                attempt.event().id(), new PermanentFailureException("unknown wallet"));
      }
    }
    return result;
  }

  // docs/handlers.md

  /** Audits three wallets, of which the exchange knows two. */
  public static void main(String[] args) {
    List<AuditEvent> events =
        List.of(
            AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"),
            AuditEvent.of("event-2", EventType.BALANCE_CHECK_REQUIRED, "wallet-2"),
            AuditEvent.of("event-3", EventType.BALANCE_CHECK_REQUIRED, "wallet-3"));
    Exchange exchange =
        wallets -> {
          System.out.println("auditing " + wallets);
          return Set.of("wallet-2");
        };
    System.out.println(new BatchRound(exchange).drain(events));
  }
}
