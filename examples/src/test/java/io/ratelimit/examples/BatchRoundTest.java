package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.report.RoundReport;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class BatchRoundTest {

  @Test
  void whatTheApiDoesNotKnowFailsAndTheRestIsDone() {
    List<String> asked = new CopyOnWriteArrayList<>();
    List<AuditEvent> events =
        List.of(
            AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"),
            AuditEvent.of("event-2", EventType.BALANCE_CHECK_REQUIRED, "wallet-2"));

    RoundReport report =
        new BatchRound(
                wallets -> {
                  asked.addAll(wallets);
                  return Set.of("wallet-2");
                })
            .drain(events);

    assertThat(asked).containsExactlyInAnyOrder("wallet-1", "wallet-2");
    assertThat(report.done()).isEqualTo(1);
    assertThat(report.failed()).isEqualTo(1);
  }
}
