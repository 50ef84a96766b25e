package io.ratelimit.spring.internal.autoconfigure;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.AttemptInterceptor;
import java.util.concurrent.CompletionStage;

/**
 * Observes each attempt as {@code ratelimit.attempt}. A tracer continues the trace in the event's
 * attributes ({@code traceparent}), if any.
 */
final class ObservedAttempts implements AttemptInterceptor {

  private final ObservationRegistry registry;

  ObservedAttempts(ObservationRegistry registry) {
    this.registry = registry;
  }

  @Override
  @SuppressWarnings("try") // The scope only has to be open while the handler runs.
  public CompletionStage<?> around(AttemptContext context, Next next) {
    AuditEvent event = context.event();
    Observation observation =
        Observation.createNotStarted("ratelimit.attempt", () -> received(event), registry)
            .contextualName("audit " + event.type().name())
            .lowCardinalityKeyValue("type", event.type().name())
            .highCardinalityKeyValue("event", event.id())
            .highCardinalityKeyValue("attempt", String.valueOf(context.attempt()))
            .start();
    try (Observation.Scope scope = observation.openScope()) {
      return next.proceed()
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  observation.error(failure);
                }
                observation.stop();
              });
    }
  }

  private static ReceiverContext<AuditEvent> received(AuditEvent event) {
    ReceiverContext<AuditEvent> context =
        new ReceiverContext<>((carrier, key) -> carrier.attributes().get(key));
    context.setCarrier(event);
    return context;
  }
}
