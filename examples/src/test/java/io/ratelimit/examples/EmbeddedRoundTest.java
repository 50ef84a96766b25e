package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.report.RoundReport;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class EmbeddedRoundTest {

  @Test
  void drainsARound() {
    List<String> audited = new CopyOnWriteArrayList<>();

    RoundReport report =
        EmbeddedRound.drain(
            List.of(
                AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"),
                AuditEvent.of("event-2", EventType.REBALANCE_NEEDED, "wallet-2")),
            event -> audited.add(event.walletId()));

    assertThat(audited).containsExactly("wallet-2", "wallet-1");
    assertThat(report.done()).isEqualTo(2);
    assertThat(report.deadlineMet()).isTrue();
    assertThat(report.limitHeld()).contains(true);
  }
}
