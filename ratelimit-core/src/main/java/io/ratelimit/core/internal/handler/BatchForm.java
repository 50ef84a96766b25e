package io.ratelimit.core.internal.handler;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AsyncBatchHandler;
import io.ratelimit.core.handler.BatchHandler;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.queue.TakeRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A handler of batches of either form, and how its batches are collected.
 *
 * @param most how many events a batch has at most
 * @param patience how long the first event of a batch waits for others
 * @param key what the events of a batch have in common besides their type; null: nothing
 * @param blocks whether the handler returns only when it is done
 * @param handler what is called with a batch
 */
public record BatchForm(
    int most,
    Duration patience,
    Function<AuditEvent, @Nullable String> key,
    boolean blocks,
    AsyncBatchHandler handler) {

  /** Events of a type have all in common that they need. */
  public static final Function<AuditEvent, @Nullable String> ONE_FOR_ALL = event -> null;

  /** Checks the numbers, which are the host's. */
  public BatchForm {
    Requirements.count("events of a batch", most, 1, TakeRequest.MAX_EVENTS);
    patience = Requirements.notNegative("wait for a batch", patience);
    requireNonNull(key, "key");
    requireNonNull(handler, "handler");
  }

  /** Returns the form of a handler that blocks. */
  public static BatchForm blocking(
      int most,
      Duration patience,
      Function<AuditEvent, @Nullable String> key,
      BatchHandler handler) {
    requireNonNull(handler, "handler");
    return new BatchForm(
        most,
        patience,
        key,
        true,
        batch -> CompletableFuture.completedFuture(handler.handle(batch)));
  }

  /** Returns the form of a handler that does not. */
  public static BatchForm async(
      int most,
      Duration patience,
      Function<AuditEvent, @Nullable String> key,
      AsyncBatchHandler handler) {
    return new BatchForm(most, patience, key, false, handler);
  }
}
