package io.ratelimit.core.handler;

import java.util.List;

/**
 * What a host application implements whose API takes several events in one call: processes a batch
 * of events of one type, in the calling thread.
 *
 * <p>Each event of a batch remains an attempt of its own: it has its own permit, lease, worker and
 * deadline, and is settled by itself.
 */
@FunctionalInterface
public interface BatchHandler {

  /**
   * Processes a batch. What the result names as failed has failed, each for its own reason; what it
   * does not name is done. An exception means that all have failed for that reason; exceptions mean
   * here what they mean in {@link AuditEventHandler#handle}.
   *
   * <p>The thread is interrupted when every attempt of the batch is cancelled. Of some alone,
   * {@link AttemptContext#isCancelled()} tells.
   *
   * @param batch the attempts, one for each event, at least one, in no certain order; unmodifiable
   * @return which of them failed; {@link BatchResult#allDone()} if none
   * @throws Exception as described above
   */
  BatchResult handle(List<AttemptContext> batch) throws Exception;
}
