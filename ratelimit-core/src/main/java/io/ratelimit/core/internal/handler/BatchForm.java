package io.ratelimit.core.internal.handler;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.handler.AsyncBatchHandler;
import io.ratelimit.core.handler.BatchHandler;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.queue.TakeRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A handler of batches of either form, and how its batches are collected.
 *
 * @param most how many events a batch has at most
 * @param patience how long the first event of a batch waits for others
 * @param blocks whether the handler returns only when it is done
 * @param handler what is called with a batch
 */
public record BatchForm(int most, Duration patience, boolean blocks, AsyncBatchHandler handler) {

  /** Checks the numbers, which are the host's. */
  public BatchForm {
    Requirements.count("events of a batch", most, 1, TakeRequest.MAX_EVENTS);
    patience = Requirements.notNegative("wait for a batch", patience);
    requireNonNull(handler, "handler");
  }

  /** Returns the form of a handler that blocks. */
  public static BatchForm blocking(int most, Duration patience, BatchHandler handler) {
    requireNonNull(handler, "handler");
    return new BatchForm(
        most, patience, true, batch -> CompletableFuture.completedFuture(handler.handle(batch)));
  }

  /** Returns the form of a handler that does not. */
  public static BatchForm async(int most, Duration patience, AsyncBatchHandler handler) {
    return new BatchForm(most, patience, false, handler);
  }
}
