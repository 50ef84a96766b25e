package io.ratelimit.core.handler;

import java.util.List;

/**
 * Implemented by a host application whose API accepts several events in one call: processes a batch
 * of events of one type in the calling thread.
 *
 * <p>Each event of a batch remains a separate attempt: it has its own permit, lease, worker and
 * deadline, and is settled separately.
 */
@FunctionalInterface
public interface BatchHandler {

  /**
   * Processes a batch. Events that the result names have failed, each for its own reason; all
   * others are done. An exception means that all events have failed for that reason; exceptions
   * have the same meaning as in {@link AuditEventHandler#handle}.
   *
   * <p>The thread is interrupted when every attempt of the batch is canceled. If only some are,
   * {@link AttemptContext#isCancelled()} says so.
   *
   * @param batch the attempts, one for each event, at least one, in no particular order;
   *     unmodifiable
   * @return which of them failed; {@link BatchResult#allDone()} if none
   * @throws Exception as described above
   */
  BatchResult handle(List<AttemptContext> batch) throws Exception;
}
