package io.ratelimit.core.internal.report;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.util.List;

/**
 * Records a round as it happens, in a size that does not grow with the number of events. Totals
 * come from the queue's counters; the attempts recorded here are a sample. Thread-safe.
 */
public final class RoundRecorder {

  private final QueueCounters begin;
  private final Duration deadline;
  private final AttemptTally.Counter attempts = new AttemptTally.Counter(AttemptTally.MOST_TYPES);
  private final Offer offer = new Offer();
  private int largestLimit;

  /**
   * Creates a recorder.
   *
   * @param begin the queue's statistics when the round begins
   * @param deadline how long the round may take
   */
  public RoundRecorder(QueueStats begin, Duration deadline) {
    this.begin = QueueCounters.of(begin);
    this.deadline = deadline;
    seen(begin);
  }

  private void seen(QueueStats stats) {
    largestLimit = Math.max(largestLimit, stats.limit().inForce(stats.observedAt()).permits());
  }

  /** Records an attempt that has ended and is settled. */
  public synchronized void attemptFinished(
      Lease lease, AttemptOutcome outcome, Duration processing, Settlement settlement) {
    attempts.add(lease, outcome, processing, settlement);
  }

  /** Records a decision and the statistics it was based on. */
  public synchronized void decided(ScalingDecision decision, QueueStats stats) {
    offer.decided(decision);
    seen(stats);
  }

  /** Returns the tally of the attempts so far. */
  public synchronized AttemptTally attempts() {
    return attempts.tally();
  }

  /**
   * Returns the report.
   *
   * @param elapsed how long the round took
   * @param end the queue's statistics after the round
   * @param toCome how many events of the round are still unpublished; they count as remaining
   */
  public synchronized RoundReport report(Duration elapsed, QueueStats end, long toCome) {
    return new QueueRound(
            begin.at(),
            deadline,
            begin,
            QueueCounters.of(end).at(begin.at().plus(elapsed), toCome),
            attempts.tally(),
            offer.changes(),
            largestLimit,
            begin.largestWindowSince(end),
            List.of())
        .report();
  }
}
