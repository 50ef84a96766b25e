package io.ratelimit.core.queue;

import io.ratelimit.core.event.AuditEvent;
import java.util.Collection;

/**
 * Surrounds publications, as {@link io.ratelimit.core.handler.AttemptInterceptor} surrounds
 * attempts. It can add attributes to an event, which the event's handler can read in any process.
 * Called in the publishing thread. Must be thread-safe.
 *
 * <pre>{@code
 * EventQueue queue = InterceptedEventQueue.of(store,
 *     (events, next) -> next.proceed(
 *         events.stream().map(event -> event.withAttribute("tenant", tenant())).toList()));
 * }</pre>
 */
@FunctionalInterface
public interface PublishInterceptor {

  /** What an interceptor surrounds: the interceptors after it, and the queue. */
  @FunctionalInterface
  interface Next {

    /** Publishes events as {@link EventQueue#publish} does, under the terms that were given. */
    PublishReceipt proceed(Collection<AuditEvent> events);
  }

  /**
   * Surrounds a publication. Its exceptions reach the publisher.
   *
   * @param events the events to publish
   * @param next publishes; should be called once
   * @return what {@code next} returned
   */
  PublishReceipt around(Collection<AuditEvent> events, Next next);
}
