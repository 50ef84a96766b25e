package io.ratelimit.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.FailedEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailedReasonsTest {

  private static FailedEvent failed(long sequence, String reason) {
    return new FailedEvent(
        sequence,
        AuditEvent.of("order-7", EventType.OPEN_ORDER_DETECTED, "w(1"),
        3,
        reason,
        Instant.ofEpochSecond(sequence),
        Instant.EPOCH,
        List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no such wallet | no such wallet",
        "HTTP 503 | HTTP 503",
        "HTTP 503 after 1042 ms | HTTP 503 after … ms",
        "timed out after 500 ms | timed out after … ms",
        "order-7: refused | …: refused",
        "order-77 refused | order-… refused",
        "wallet w(1 is gone | wallet … is gone",
        "request 0b2f7c1e-1f2a-4f0e-9d3c-6f0f1b2a3c4d | request …",
        "at 10.0.0.7:6379 | at …"
      })
  void aKindIsTheReasonWithoutWhatDiffersFromEventToEvent(String reason, String kind) {
    assertThat(FailedReasons.kind(failed(1, reason))).isEqualTo(kind);
  }

  @Test
  void kindsAreCountedTheLargestFirstAndOnlySoMany() {
    FailedReasons reasons = new FailedReasons();
    for (int n = 0; n < FailedReasons.MOST_KINDS + 10; n++) {
      reasons.add(failed(n, "reason " + Character.toString(0x4E00 + n)));
    }
    reasons.add(failed(1_000, "reason " + Character.toString(0x4E00)));

    assertThat(reasons.groups()).hasSize(FailedReasons.MOST_KINDS + 1);
    assertThat(reasons.groups().get(0))
        .isEqualTo(
            new FailedReasons.Group(
                "other reasons",
                10,
                FailedReasons.MOST_KINDS,
                Instant.ofEpochSecond(FailedReasons.MOST_KINDS + 9)));
    assertThat(reasons.groups().get(1).events()).isEqualTo(2);
    assertThat(reasons.groups().get(1).lastFailedAt()).isEqualTo(Instant.ofEpochSecond(1_000));
  }

  @Test
  void aFilterTakesAKindAsItIsNamed() {
    FailedEvent event = failed(1, "HTTP 503 after 1042 ms");
    FailedFilter byKind =
        new FailedFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("HTTP 503 after … ms"));

    assertThat(byKind.matches(event)).isTrue();
    assertThat(byKind.matches(failed(1, "HTTP 404"))).isFalse();
  }
}
