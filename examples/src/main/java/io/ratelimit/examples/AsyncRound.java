package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One round with an asynchronous client: its attempts occupy workers, but no threads. */
public final class AsyncRound {

  /** An asynchronous client that recognizes repeated requests. */
  interface Exchange {
    CompletableFuture<String> auditAsync(String walletId, String idempotencyKey);
  }

  static RoundReport drain(List<AuditEvent> events, Exchange exchange) {
    EventQueue queue = InMemoryEventQueue.create(RateLimit.of(1_200).perMinute());
    // docs/handlers.md
    AuditEngine engine =
        AuditEngine.builder(queue)
            .asyncHandler(
                (event, context) -> exchange.auditAsync(event.walletId(), context.idempotencyKey()))
            .interceptor(AttemptInterceptor.mdc())
            .handlerTimeout(Duration.ofSeconds(30))
            .workers(1, 2_000)
            .build();
    // docs/handlers.md
    queue.publish(events);
    return engine.runRound();
  }

  /** Audits two wallets. */
  public static void main(String[] args) {
    List<AuditEvent> events =
        List.of(
            AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"),
            AuditEvent.of("event-2", EventType.REBALANCE_NEEDED, "wallet-2"));
    Exchange exchange =
        (walletId, key) ->
            CompletableFuture.supplyAsync(
                () -> {
                  System.out.println("auditing " + walletId + " as " + key);
                  return walletId;
                });
    System.out.println(drain(events, exchange));
  }

  private AsyncRound() {}
}
