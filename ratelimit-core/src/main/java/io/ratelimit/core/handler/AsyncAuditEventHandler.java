package io.ratelimit.core.handler;

import io.ratelimit.core.event.AuditEvent;
import java.util.concurrent.CompletionStage;

/**
 * Implemented by a host application with an asynchronous client: begins to process an event, and
 * returns a stage that completes when the event is processed. Until then the attempt lasts, in its
 * lane and under its lease, and no thread waits.
 *
 * <p>It extends {@link AuditEventHandler} so that the compiler treats every lambda with a value,
 * {@code event -> client.auditAsync(event)}, as an asynchronous handler: the attempt waits for a
 * future, and a value of another type does not compile.
 */
@FunctionalInterface
@SuppressWarnings("FunctionalInterfaceMethodChanged") // On purpose: a value must be a stage.
public interface AsyncAuditEventHandler extends AuditEventHandler {

  /**
   * Begins to process an event. The call should return quickly, because few threads make these
   * calls. The completion of the stage means the same as returning or throwing in {@link #handle}.
   * Where a blocking handler would be interrupted, the stage is {@linkplain
   * java.util.concurrent.CompletableFuture#cancel canceled}.
   *
   * @throws Exception as {@link #handle} does
   */
  CompletionStage<?> handleAsync(AuditEvent event) throws Exception;

  /** Processes an event, and waits for it. Engines and workers do not call it. */
  @Override
  default void handle(AuditEvent event) throws Exception {
    Object unused = handleAsync(event).toCompletableFuture().get();
  }
}
