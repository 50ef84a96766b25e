package io.ratelimit.core.handler;

import io.ratelimit.core.event.AuditEvent;

/**
 * Implemented by a host application: processes one event in the calling thread.
 *
 * <p>Called by several threads at once, once for each attempt. Delivery is at least once: after a
 * crash, an event that was already processed may be delivered again, so make processing idempotent
 * by {@link AuditEvent#id()}.
 *
 * <p>A handler that needs to know about its attempt is an {@link AttemptHandler}; one that returns
 * before the work is done is an {@link AsyncAuditEventHandler}.
 */
@FunctionalInterface
public interface AuditEventHandler {

  /**
   * Processes an event. Returning means success; any exception means that this attempt failed and
   * the event will be retried, except for the following exceptions, whatever wraps them:
   *
   * <ul>
   *   <li>{@link RetryAfterException}: the next attempt comes after the time that it names.
   *   <li>{@link PauseEveryoneException}: nothing starts for a time, in any process; the attempt
   *       does not count.
   *   <li>{@link PermanentFailureException}: no other attempt makes sense.
   * </ul>
   *
   * <p>A {@link FailureClassifier} may decide otherwise. The thread is interrupted when the attempt
   * has taken too long, when its lease is lost, or when the engine must stop; the handler should
   * then return soon.
   *
   * @throws Exception as described above
   */
  void handle(AuditEvent event) throws Exception;

  /**
   * Processes an event as {@link #handle(AuditEvent)} does, with the attempt's context. Engines and
   * workers call this method; by default it only passes the event on.
   *
   * @param event the same as {@link AttemptContext#event()}
   * @param context the attempt
   * @throws Exception as {@link #handle(AuditEvent)} does
   */
  default void handle(AuditEvent event, AttemptContext context) throws Exception {
    handle(event);
  }
}
