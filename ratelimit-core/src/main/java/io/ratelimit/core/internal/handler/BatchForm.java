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
 * A batch handler of either form, and how to collect its batches.
 *
 * @param most the most events in a batch
 * @param patience how long the first event waits for others
 * @param key what the events of a batch have in common besides the type; null for nothing
 * @param blocks whether the handler returns only when it is done
 * @param handler the handler to call with a batch
 */
public record BatchForm(
    int most,
    Duration patience,
    Function<AuditEvent, @Nullable String> key,
    boolean blocks,
    AsyncBatchHandler handler) {

  /** The key of batches in which events need only the type in common. */
  public static final Function<AuditEvent, @Nullable String> ONE_FOR_ALL = event -> null;

  /** Checks the host's numbers. */
  public BatchForm {
    Requirements.count("events of a batch", most, 1, TakeRequest.MAX_EVENTS);
    patience = Requirements.notNegative("wait for a batch", patience);
    requireNonNull(key, "key");
    requireNonNull(handler, "handler");
  }

  /** Returns the form of a blocking handler. */
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

  /** Returns the form of an asynchronous handler. */
  public static BatchForm async(
      int most,
      Duration patience,
      Function<AuditEvent, @Nullable String> key,
      AsyncBatchHandler handler) {
    return new BatchForm(most, patience, key, false, handler);
  }
}
