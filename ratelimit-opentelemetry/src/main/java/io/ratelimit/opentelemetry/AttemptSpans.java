package io.ratelimit.opentelemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.AttemptInterceptor;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts a span for each attempt, in the trace that its event carries. */
final class AttemptSpans implements AttemptInterceptor {

  private static final TextMapGetter<AuditEvent> ATTRIBUTES =
      new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // Older versions of OpenTelemetry call it.
        public Iterable<String> keys(AuditEvent event) {
          return event.attributes().keySet();
        }

        @Override
        public @Nullable String get(@Nullable AuditEvent event, String name) {
          return event == null ? null : event.attribute(name).orElse(null);
        }
      };

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  AttemptSpans(Tracer tracer, TextMapPropagator propagator) {
    this.tracer = tracer;
    this.propagator = propagator;
  }

  @Override
  public CompletionStage<?> around(AttemptContext attempt, Next next) {
    AuditEvent event = attempt.event();
    Context published = propagator.extract(Context.current(), event, ATTRIBUTES);
    Span span =
        tracer
            .spanBuilder("process " + event.type().name())
            .setParent(published)
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute(Names.SYSTEM, Names.RATELIMIT)
            .setAttribute(Names.OPERATION, "process")
            .setAttribute(Names.OPERATION_TYPE, "process")
            .setAttribute(Names.MESSAGE_ID, event.id())
            .setAttribute(Names.EVENT_TYPE, event.type().name())
            .setAttribute(Names.ATTEMPT, (long) attempt.attempt())
            .startSpan();
    // Keeps the rest of the publisher's context, such as baggage.
    Supplier<CompletionStage<?>> proceed = published.with(span).wrapSupplier(next::proceed);
    try {
      return proceed.get().whenComplete((done, failure) -> end(span, failure));
    } catch (RuntimeException | Error broken) {
      // A host's own CompletionStage may refuse whenComplete.
      end(span, broken);
      throw broken;
    }
  }

  private static void end(Span span, @Nullable Throwable failure) {
    if (failure != null) {
      Throwable cause = unwrapped(failure);
      span.setStatus(StatusCode.ERROR);
      span.setAttribute(Names.ERROR_TYPE, cause.getClass().getName());
      span.recordException(cause);
    }
    span.end();
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause != null
            && (failure instanceof CompletionException || failure instanceof ExecutionException)
        ? cause
        : failure;
  }
}
