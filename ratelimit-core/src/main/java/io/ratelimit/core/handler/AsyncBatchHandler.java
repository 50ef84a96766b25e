package io.ratelimit.core.handler;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** A {@link BatchHandler} whose client is asynchronous. */
@FunctionalInterface
public interface AsyncBatchHandler {

  /**
   * Begins to process a batch. The call should return quickly, because few threads make these
   * calls. The completion of the stage means the same as returning or throwing in {@link
   * BatchHandler#handle}. Where a blocking handler would be interrupted, the stage is {@linkplain
   * java.util.concurrent.CompletableFuture#cancel canceled}.
   *
   * @param batch as in {@link BatchHandler#handle}
   * @return completes when all events are processed
   * @throws Exception as {@link BatchHandler#handle} does
   */
  CompletionStage<BatchResult> handleAsync(List<AttemptContext> batch) throws Exception;
}
