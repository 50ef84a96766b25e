package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.testkit.server.DevServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TemporalRoundTest {

  @Test
  void drainsARound() {
    List<String> audited = new CopyOnWriteArrayList<>();

    RoundReport report;
    try (EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute())) {
      queue.publish(AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"));
      queue.publish(AuditEvent.of("event-2", EventType.REBALANCE_NEEDED, "wallet-2"));
      report =
          TemporalRound.drain(
              queue, DevServer.shared().target(), event -> audited.add(event.walletId()));
    }

    assertThat(audited).containsExactly("wallet-2", "wallet-1");
    assertThat(report.done()).isEqualTo(2);
    assertThat(report.limitHeld()).contains(true);
  }
}
