package io.ratelimit.core.handler;

import io.ratelimit.core.event.AuditEvent;
import java.util.concurrent.CompletionStage;

/**
 * What a host application implements whose client is asynchronous: begins to process an event, and
 * returns a stage that completes when that is done. Until then the attempt lasts, in its lane and
 * under its lease, and no thread waits.
 *
 * <p>It is an {@link AuditEventHandler} for the compiler's sake, which so takes every lambda with a
 * value, {@code event -> client.auditAsync(event)}, for one of these: a future is waited for, and a
 * value of another type is refused.
 */
@FunctionalInterface
@SuppressWarnings("FunctionalInterfaceMethodChanged") // on purpose: a value must be a stage
public interface AsyncAuditEventHandler extends AuditEventHandler {

  /**
   * Begins to process an event. The call should return soon: few threads make it. The stage then
   * means what {@link #handle} means by returning or throwing; a {@linkplain
   * java.util.concurrent.CompletableFuture#cancel cancellation} of it is asked for where the thread
   * of a blocking handler is interrupted.
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
