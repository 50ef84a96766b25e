package io.ratelimit.opentelemetry;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.queue.PublishInterceptor;

/**
 * Traces that go on from whoever publishes an event to its handler, in any process:
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
 * ends when the attempt's work does. The library's own calls to a store are no spans.
 *
 * <p>Event ids, types and numbers of attempts become attributes of spans, wallets and payloads
 * never. Exceptions that a handler threw are recorded with their messages and stacks.
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
   * Returns interceptors for a tracer and propagators.
   *
   * @param openTelemetry stays the caller's
   */
  public static RateLimitTracing of(OpenTelemetry openTelemetry) {
    return new RateLimitTracing(requireNonNull(openTelemetry, "openTelemetry"));
  }

  /**
   * Returns what begins a span for each publication, and sends its context along with the events,
   * for {@link io.ratelimit.core.queue.InterceptedEventQueue}. An event that would get too large by
   * that is published without.
   */
  public PublishInterceptor publishInterceptor() {
    return new PublishSpans(tracer, propagator);
  }

  /**
   * Returns what begins a span for each attempt, with the context that came along with its event,
   * for engines and Temporal workers. An event without a context begins a trace of its own, under
   * whatever span is current.
   */
  public AttemptInterceptor attemptInterceptor() {
    return new AttemptSpans(tracer, propagator);
  }
}
