package io.ratelimit.core.handler;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** A {@link BatchHandler} whose client is asynchronous. */
@FunctionalInterface
public interface AsyncBatchHandler {

  /**
   * Begins to process a batch. The call should return soon: few threads make it. The stage then
   * means what {@link BatchHandler#handle} means by returning or throwing; its {@linkplain
   * java.util.concurrent.CompletableFuture#cancel cancellation} is asked for where the thread of
   * the other form is interrupted.
   *
   * @param batch as in {@link BatchHandler#handle}
   * @return completes when all events are processed
   * @throws Exception as {@link BatchHandler#handle} does
   */
  CompletionStage<BatchResult> handleAsync(List<AttemptContext> batch) throws Exception;
}
