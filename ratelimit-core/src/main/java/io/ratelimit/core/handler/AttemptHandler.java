package io.ratelimit.core.handler;

import io.ratelimit.core.event.AuditEvent;

/** An {@link AuditEventHandler} that also receives its attempt's context. */
@FunctionalInterface
public interface AttemptHandler {

  /**
   * Processes an event, in the calling thread.
   *
   * @param event the same as {@link AttemptContext#event()}
   * @param context the attempt
   * @throws Exception as {@link AuditEventHandler#handle} does
   */
  void handle(AuditEvent event, AttemptContext context) throws Exception;
}
