package io.ratelimit.core.internal.report;

import io.ratelimit.core.queue.QueueStats;
import java.time.Instant;
import java.util.Optional;

/**
 * A queue's counters at one moment. The difference between two shows what happened in between,
 * whoever did it. Immutable; consists of values that a JSON library can write as they are.
 *
 * @param at the moment, by the queue's clock
 * @param published how many events were ever published
 * @param starts how many attempts ever started
 * @param startedPermits how many permits they took
 * @param acquiredPermits how many permits were ever spent on starts without an event
 * @param retried how many attempts ever failed and were scheduled for a retry
 * @param done how many events were ever done
 * @param failed how many events ever entered the failed queue
 * @param unfinished how many events are pending, delayed or leased
 * @param lost how many events are gone because the store lost their data
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

  /** Returns the counters in a queue's statistics. */
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

  /** Returns these counters as of another moment, with a number of additional unfinished events. */
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

  /** Returns how many attempts have started since. */
  public long startsSince(QueueCounters begin) {
    return Math.max(0, starts - begin.starts);
  }

  /** Returns how many permits were spent on attempts that have started since. */
  public long permitsSince(QueueCounters begin) {
    return Math.max(0, startedPermits - begin.startedPermits);
  }

  /** Returns how many permits were spent since on starts without an event. */
  public long acquiredSince(QueueCounters begin) {
    return Math.max(0, acquiredPermits - begin.acquiredPermits);
  }

  /** Returns a report's note on those permits, if there are any. */
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

  /** Returns how many attempts have failed since and were scheduled for a retry. */
  public long retriedSince(QueueCounters begin) {
    return Math.max(0, retried - begin.retried);
  }

  /** Returns how many events were done since. */
  public long doneSince(QueueCounters begin) {
    return Math.max(0, done - begin.done);
  }

  /** Returns how many events have entered the failed queue since. */
  public long failedSince(QueueCounters begin) {
    return Math.max(0, failed - begin.failed);
  }

  /** Returns how many events were lost since. */
  public long lostSince(QueueCounters begin) {
    return Math.max(0, lost - begin.lost);
  }

  /**
   * Returns the largest weight of starts in any window that ended after this moment; empty if
   * unknown because starts may be missing.
   *
   * @param end the queue's statistics now
   */
  public Optional<Long> largestWindowSince(QueueStats end) {
    return Optional.of(end.largestWindows())
        .filter(windows -> windows.isCompleteSince(at))
        .map(windows -> windows.since(at));
  }
}
