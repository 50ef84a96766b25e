package io.ratelimit.opentelemetry;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.queue.PublishInterceptor;

/**
 * Continues the trace of an event's publisher in its handler, in any process:
 *
 * <pre>{@code
 * RateLimitTracing tracing = RateLimitTracing.of(openTelemetry);
 * EventQueue queue = InterceptedEventQueue.of(store, tracing.publishInterceptor());
 * AuditEngine engine = AuditEngine.builder(queue)
 *     .handler(exchange::audit)
 *     .interceptor(tracing.attemptInterceptor())
 *     .build();
 * }</pre>
 *
 * <p>A publication is a span of kind {@code PRODUCER}, named {@code publish}. Its context travels
 * in the events' attributes, under the names that OpenTelemetry's propagators choose, such as
 * {@code traceparent}. An attempt is a span of kind {@code CONSUMER}, named {@code process} and the
 * event's type, within the trace of the publication; it is current while the handler is called, and
 * ends when the attempt's work does. The library's own calls to a store are not traced.
 *
 * <p>Spans have the event's id and type and the attempt's number as attributes, but never wallets
 * or payloads. Exceptions that a handler throws are recorded with message and stack trace.
 *
 * <p>Thread-safe.
 */
public final class RateLimitTracing {

  private static final String SCOPE = "io.ratelimit";

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  private RateLimitTracing(OpenTelemetry openTelemetry) {
    this.tracer = openTelemetry.getTracer(SCOPE);
    this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
  }

  /**
   * Returns tracing that uses this instance's tracer and propagators.
   *
   * @param openTelemetry remains the caller's to close
   */
  public static RateLimitTracing of(OpenTelemetry openTelemetry) {
    return new RateLimitTracing(requireNonNull(openTelemetry, "openTelemetry"));
  }

  /**
   * Returns an interceptor for {@link io.ratelimit.core.queue.InterceptedEventQueue} that starts a
   * span for each publication and adds its context to the events. An event that would become too
   * large is published without it.
   */
  public PublishInterceptor publishInterceptor() {
    return new PublishSpans(tracer, propagator);
  }

  /**
   * Returns an interceptor for engines and Temporal workers that starts a span for each attempt, in
   * the context that its event carries. Without one, the span's parent is the current span, or it
   * starts a trace of its own.
   */
  public AttemptInterceptor attemptInterceptor() {
    return new AttemptSpans(tracer, propagator);
  }
}
