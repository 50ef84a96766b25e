package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import java.time.Duration;
import java.util.List;

/** The smallest possible host: it drains one round of events, in memory, and reports. */
public final class EmbeddedRound {

  /** The client that a host calls for each event. */
  interface Exchange {
    void audit(AuditEvent event) throws Exception;
  }

  static RoundReport drain(List<AuditEvent> events, Exchange exchange) {
    // README
    EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(exchange::audit)
            .workers(1, 10)
            .deadline(Duration.ofMinutes(3))
            .emergencyLimit(RateLimit.of(60).perMinute())
            .build();
    queue.publish(events);
    RoundReport report = engine.runRound();
    // README
    return report;
  }

  /** Audits two wallets. */
  public static void main(String[] args) {
    List<AuditEvent> events =
        List.of(
            AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"),
            AuditEvent.of("event-2", EventType.REBALANCE_NEEDED, "wallet-2"));
    System.out.println(drain(events, event -> System.out.println("auditing " + event.walletId())));
  }

  private EmbeddedRound() {}
}
