package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import java.util.List;
import org.junit.jupiter.api.Test;

class TracedAuditsTest {

  private static final AuditEvent EVENT =
      AuditEvent.of("event", EventType.BALANCE_CHECK_REQUIRED, "wallet");

  private final InMemorySpanExporter exported = InMemorySpanExporter.create();
  private final OpenTelemetry openTelemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exported))
                  .build())
          .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
          .build();
  private final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(1_000).perSecond());

  @Test
  void theAttemptIsWithinTheTraceOfThePublication() {
    assertThat(TracedAudits.drain(queue, event -> {}, openTelemetry, List.of(EVENT)).done())
        .isEqualTo(1);

    assertThat(exported.getFinishedSpanItems())
        .extracting(SpanData::getName)
        .containsExactlyInAnyOrder("publish", "process BALANCE_CHECK_REQUIRED");
    assertThat(exported.getFinishedSpanItems())
        .extracting(SpanData::getTraceId)
        .containsOnly(exported.getFinishedSpanItems().get(0).getTraceId());
  }

  @Test
  void aSpanOfOnesOwnEndsWithTheAttempt() {
    queue.publish(EVENT);
    try (AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(event -> {})
            .interceptor(TracedAudits.spanOfOnesOwn(openTelemetry.getTracer("host")))
            .build()) {
      assertThat(engine.runRound().done()).isEqualTo(1);
    }

    assertThat(exported.getFinishedSpanItems())
        .extracting(SpanData::getName)
        .containsExactly("event");
  }
}
