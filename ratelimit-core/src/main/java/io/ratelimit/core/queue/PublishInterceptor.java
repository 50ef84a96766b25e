package io.ratelimit.core.queue;

import io.ratelimit.core.event.AuditEvent;
import java.util.Collection;

/**
 * Surrounds publications, as {@link io.ratelimit.core.handler.AttemptInterceptor} surrounds
 * attempts: what it adds to an event's attributes, whoever handles the event can read, in any
 * process. Called in the thread that publishes. Must be thread-safe.
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
   * Surrounds a publication. What it throws, the publisher gets.
   *
   * @param events what is to be published
   * @param next publishes; should be called once
   * @return what {@code next} returned
   */
  PublishReceipt around(Collection<AuditEvent> events, Next next);
}
