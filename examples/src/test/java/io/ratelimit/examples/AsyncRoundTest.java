package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.report.RoundReport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class AsyncRoundTest {

  @Test
  void isDoneWhenTheClientHasAnswered() {
    List<String> answered = new CopyOnWriteArrayList<>();
    AuditEvent event = AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1");

    RoundReport report =
        AsyncRound.drain(
            List.of(event),
            (walletId, key) ->
                CompletableFuture.supplyAsync(
                    () -> {
                      answered.add(walletId);
                      return key;
                    }));

    assertThat(answered).containsExactly("wallet-1");
    assertThat(report.done()).isEqualTo(1);
  }
}
