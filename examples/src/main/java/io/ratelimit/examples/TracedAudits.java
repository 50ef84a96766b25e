package io.ratelimit.examples;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InterceptedEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.opentelemetry.RateLimitTracing;
import java.util.List;

/** Traces: the library's, from the publisher to the handler, or a span of your own. */
public final class TracedAudits {

  /** The API. */
  interface Exchange {
    void audit(AuditEvent event);
  }

  @SuppressWarnings("try") // The engine is closed with the queue's owner.
  static RoundReport drain(
      EventQueue store, Exchange exchange, OpenTelemetry openTelemetry, List<AuditEvent> events) {
    // docs/handlers.md
    RateLimitTracing tracing = RateLimitTracing.of(openTelemetry);
    EventQueue queue = InterceptedEventQueue.of(store, tracing.publishInterceptor());
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(exchange::audit)
            .interceptor(tracing.attemptInterceptor())
            .build();
    // docs/handlers.md
    queue.publish(events);
    return engine.runRound();
  }

  @SuppressWarnings("try") // The scope is there to be closed.
  static AttemptInterceptor spanOfOnesOwn(Tracer tracer) {
    // docs/handlers.md
    AttemptInterceptor interceptor =
        (context, next) -> {
          Span span = tracer.spanBuilder(context.event().id()).startSpan();
          try (Scope scope = span.makeCurrent()) {
            return next.proceed().whenComplete((done, failure) -> span.end());
          }
        };
    // docs/handlers.md
    return interceptor;
  }

  private TracedAudits() {}
}
