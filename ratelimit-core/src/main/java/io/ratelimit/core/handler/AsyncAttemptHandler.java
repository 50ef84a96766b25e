package io.ratelimit.core.handler;

import io.ratelimit.core.event.AuditEvent;
import java.util.concurrent.CompletionStage;

/** An {@link AsyncAuditEventHandler} that also receives its attempt's context. */
@FunctionalInterface
@SuppressWarnings("FunctionalInterfaceMethodChanged") // On purpose: a value must be a stage.
public interface AsyncAttemptHandler extends AttemptHandler {

  /**
   * Begins to process an event.
   *
   * @param event the same as {@link AttemptContext#event()}
   * @param context the attempt
   * @return completes when the event is processed
   * @throws Exception as {@link AuditEventHandler#handle} does
   */
  CompletionStage<?> handleAsync(AuditEvent event, AttemptContext context) throws Exception;

  /** Processes an event, and waits for it. Engines and workers do not call it. */
  @Override
  default void handle(AuditEvent event, AttemptContext context) throws Exception {
    Object unused = handleAsync(event, context).toCompletableFuture().get();
  }
}
