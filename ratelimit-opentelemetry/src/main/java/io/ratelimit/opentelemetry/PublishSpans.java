package io.ratelimit.opentelemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.queue.PublishInterceptor;
import io.ratelimit.core.queue.PublishReceipt;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Starts a span for each publication; the events carry its context. */
final class PublishSpans implements PublishInterceptor {

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  PublishSpans(Tracer tracer, TextMapPropagator propagator) {
    this.tracer = tracer;
    this.propagator = propagator;
  }

  @Override
  public PublishReceipt around(Collection<AuditEvent> events, Next next) {
    Span span =
        tracer
            .spanBuilder("publish")
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute(Names.SYSTEM, Names.RATELIMIT)
            .setAttribute(Names.OPERATION, "publish")
            .setAttribute(Names.OPERATION_TYPE, "send")
            .setAttribute(Names.BATCH_SIZE, (long) events.size())
            .startSpan();
    Supplier<PublishReceipt> publish =
        Context.current().with(span).wrapSupplier(() -> next.proceed(withContext(events)));
    try {
      return publish.get();
    } catch (RuntimeException | Error failure) {
      span.setStatus(StatusCode.ERROR);
      span.setAttribute(Names.ERROR_TYPE, failure.getClass().getName());
      span.recordException(failure);
      throw failure;
    } finally {
      span.end();
    }
  }

  private List<AuditEvent> withContext(Collection<AuditEvent> events) {
    Map<String, String> context = new LinkedHashMap<>();
    propagator.inject(Context.current(), context, Map::put);
    return events.stream().map(event -> with(context, event)).toList();
  }

  private static AuditEvent with(Map<String, String> context, AuditEvent event) {
    AuditEvent carrier = event;
    try {
      for (Map.Entry<String, String> entry : context.entrySet()) {
        carrier = carrier.withAttribute(entry.getKey(), entry.getValue());
      }
      return carrier;
    } catch (IllegalArgumentException tooLarge) {
      // Publishing the event matters more than its trace.
      return event;
    }
  }
}
