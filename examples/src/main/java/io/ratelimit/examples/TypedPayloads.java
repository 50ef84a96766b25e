package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.PayloadCodec;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.jackson.JacksonCodec;
import java.math.BigDecimal;
import java.time.Instant;

/** Events that carry a value of the host's own type. */
public final class TypedPayloads {

  /** What the handler needs to know in addition to the wallet. */
  record MarginCall(BigDecimal amount, Instant due) {}

  /** The API. */
  interface Exchange {
    void addMargin(MarginCall call);
  }

  // docs/handlers.md
  static final PayloadCodec<MarginCall> MARGIN_CALL = JacksonCodec.of(MarginCall.class);

  static void publish(EventQueue queue, AuditEvent event, MarginCall call) {
    queue.publish(event.withPayload(Payload.of(call, MARGIN_CALL)));
  }

  static AuditEngine engine(EventQueue queue, Exchange exchange) {
    return AuditEngine.builder(queue)
        .handler(
            event -> {
              exchange.addMargin(event.payload().as(MARGIN_CALL));
            })
        .build();
  }

  // docs/handlers.md

  static RoundReport drain(EventQueue queue, Exchange exchange) {
    try (AuditEngine engine = engine(queue, exchange)) {
      return engine.runRound();
    }
  }

  private TypedPayloads() {}
}
