package io.ratelimit.core.internal.report;

import io.ratelimit.core.queue.QueueStats;
import java.time.Instant;
import java.util.Optional;

/**
 * What a queue had counted at one moment. The difference of two is what happened in between, by
 * whomever. Immutable; made of values that a JSON library can write as they are.
 *
 * @param at the moment, by the queue's clock
 * @param published how many events were ever accepted
 * @param starts how many attempts were ever started
 * @param startedPermits how many permits they took
 * @param acquiredPermits how many permits were ever spent on starts that no event was taken for
 * @param retried how many of them ever failed and were to be made again
 * @param done how many events were ever finished
 * @param failed how many ever came to the failed queue
 * @param unfinished how many wait, are delayed or in hand
 * @param lost how many are gone because the store lost what it kept of them
 */
public record QueueCounters(
    Instant at,
    long published,
    long starts,
    long startedPermits,
    long acquiredPermits,
    long retried,
    long done,
    long failed,
    long unfinished,
    long lost) {

  /** Returns what a queue had counted. */
  public static QueueCounters of(QueueStats stats) {
    return new QueueCounters(
        stats.observedAt(),
        stats.published(),
        stats.starts(),
        stats.startedPermits(),
        stats.acquiredPermits(),
        stats.retried(),
        stats.done(),
        stats.givenUp(),
        stats.unfinished(),
        stats.lost());
  }

  /** Returns these counts as of another moment, with so many more unfinished. */
  QueueCounters at(Instant moment, long more) {
    return new QueueCounters(
        moment,
        published,
        starts,
        startedPermits,
        acquiredPermits,
        retried,
        done,
        failed,
        unfinished + more,
        lost);
  }

  /** Returns how many attempts were started since. */
  public long startsSince(QueueCounters begin) {
    return Math.max(0, starts - begin.starts);
  }

  /** Returns how many permits the attempts took that were started since. */
  public long permitsSince(QueueCounters begin) {
    return Math.max(0, startedPermits - begin.startedPermits);
  }

  /** Returns how many permits were spent since on starts that no event was taken for. */
  public long acquiredSince(QueueCounters begin) {
    return Math.max(0, acquiredPermits - begin.acquiredPermits);
  }

  /** Returns what a report says of those permits, if there are any. */
  Optional<String> acquiredNote(QueueCounters begin) {
    long acquired = acquiredSince(begin);
    return acquired == 0
        ? Optional.empty()
        : Optional.of(
            acquired
                + (acquired == 1 ? " permit" : " permits")
                + " of the limit went to starts without an event; the share of the limit"
                + " that was used counts attempts only");
  }

  /** Returns how many attempts failed since and were to be made again. */
  public long retriedSince(QueueCounters begin) {
    return Math.max(0, retried - begin.retried);
  }

  /** Returns how many events were finished since. */
  public long doneSince(QueueCounters begin) {
    return Math.max(0, done - begin.done);
  }

  /** Returns how many events came to the failed queue since. */
  public long failedSince(QueueCounters begin) {
    return Math.max(0, failed - begin.failed);
  }

  /** Returns how many events were lost since. */
  public long lostSince(QueueCounters begin) {
    return Math.max(0, lost - begin.lost);
  }

  /**
   * Returns the largest weight of starts in any window that ended after this moment; empty: it is
   * not known, as starts may be missing.
   *
   * @param end what the queue knows now
   */
  public Optional<Long> largestWindowSince(QueueStats end) {
    return Optional.of(end.largestWindows())
        .filter(windows -> windows.isCompleteSince(at))
        .map(windows -> windows.since(at));
  }
}
