package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.examples.TypedPayloads.MarginCall;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TypedPayloadsTest {

  private static final EventType TYPE = EventType.of("MARGIN_CALL");

  @Test
  void theHandlerGetsTheValueAndWhatIsNoneFails() {
    MarginCall call =
        new MarginCall(new BigDecimal("12.50"), Instant.parse("2026-01-01T00:00:00Z"));
    List<MarginCall> handled = new CopyOnWriteArrayList<>();
    try (EventQueue queue = InMemoryEventQueue.create(RateLimit.of(1_000).perSecond())) {
      TypedPayloads.publish(queue, AuditEvent.of("good", TYPE, "wallet"), call);
      queue.publish(AuditEvent.of("bad", TYPE, "wallet").withPayload(Payload.ofText("{")));

      RoundReport report = TypedPayloads.drain(queue, handled::add);

      assertThat(report.done()).isEqualTo(1);
      assertThat(report.failed()).isEqualTo(1);
      assertThat(handled).containsExactly(call);
    }
  }
}
