package io.ratelimit.core.handler;

import io.ratelimit.core.event.AuditEvent;

/**
 * What a host application implements: the processing of one event, in the calling thread.
 *
 * <p>Called by several threads at once, once for each attempt. Delivery is at least once: after a
 * crash an event that was processed may come again, so processing should be idempotent by {@link
 * AuditEvent#id()}.
 *
 * <p>A handler that needs to know about its attempt is an {@link AttemptHandler}; one that returns
 * before the work is done is an {@link AsyncAuditEventHandler}.
 */
@FunctionalInterface
public interface AuditEventHandler {

  /**
   * Processes an event. Returning means success; any exception means that this attempt failed and
   * another is to be made, with these exceptions to the rule, whatever wraps them:
   *
   * <ul>
   *   <li>{@link RetryAfterException}: another attempt is to be made after the time that it names.
   *   <li>{@link PauseEveryoneException}: nobody may start anything for a time; the attempt does
   *       not count.
   *   <li>{@link PermanentFailureException}: no other attempt makes sense.
   * </ul>
   *
   * <p>A {@link FailureClassifier} may say otherwise. The thread is interrupted when the attempt
   * has taken too long, when its lease is lost, or when the engine must stop; a handler should then
   * give up soon.
   *
   * @throws Exception as described above
   */
  void handle(AuditEvent event) throws Exception;

  /**
   * Processes an event as {@link #handle(AuditEvent)} does, told about its attempt. This is what is
   * called; by default it only hands the event on.
   *
   * @param event the same as {@link AttemptContext#event()}
   * @param context the attempt
   * @throws Exception as {@link #handle(AuditEvent)} does
   */
  default void handle(AuditEvent event, AttemptContext context) throws Exception {
    handle(event);
  }
}
