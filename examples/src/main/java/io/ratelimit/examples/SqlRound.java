package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.StoredEventQueue;
import io.ratelimit.core.report.RoundReport;
import java.util.List;
import javax.sql.DataSource;

/** Drains one round from a queue in a host's own database. */
final class SqlRound {

  static RoundReport drain(DataSource database, AuditEventHandler handler) {
    // docs/own-queue.md
    RateLimit limit = RateLimit.of(20).perMinute();
    SqlStore store = new SqlStore(database, "audits").create();
    try (EventQueue queue = StoredEventQueue.builder(store, limit).build();
        AuditEngine engine = AuditEngine.builder(queue).handler(handler).workers(1, 4).build()) {
      queue.publish(List.of(AuditEvent.of("a1", EventType.REBALANCE_NEEDED, "wallet-1")));
      return engine.runRound();
    }
    // docs/own-queue.md
  }

  private SqlRound() {}
}
