package io.ratelimit.core.internal.report;

import io.ratelimit.core.queue.QueueStats;
import java.time.Instant;

/**
 * What a queue had counted at one moment. The difference of two is what happened in between, by
 * whomever. Immutable; made of values that a JSON library can write as they are.
 *
 * @param at the moment, by the queue's clock
 * @param published how many events were ever accepted
 * @param starts how many attempts were ever started
 * @param done how many events were ever finished
 * @param failed how many are in the failed queue
 * @param unfinished how many wait, are delayed or in hand
 */
public record QueueCounters(
    Instant at, long published, long starts, long done, long failed, long unfinished) {

  /** Returns what a queue had counted. */
  public static QueueCounters of(QueueStats stats) {
    return new QueueCounters(
        stats.observedAt(),
        stats.published(),
        stats.starts(),
        stats.done(),
        stats.failed(),
        stats.unfinished());
  }

  /** Returns how many attempts were started since. */
  public long startsSince(QueueCounters begin) {
    return Math.max(0, starts - begin.starts);
  }

  /** Returns how many events were finished since. */
  public long doneSince(QueueCounters begin) {
    return Math.max(0, done - begin.done);
  }

  /** Returns how many events the failed queue has more, if it has more. */
  public long failedSince(QueueCounters begin) {
    return Math.max(0, failed - begin.failed);
  }
}
