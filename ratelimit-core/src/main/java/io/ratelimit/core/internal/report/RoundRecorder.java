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
 * Records a round as it happens, in a size that does not grow with its events. What happened comes
 * from the queue's counters; the attempts recorded here are a sample of it. Thread-safe.
 */
public final class RoundRecorder {

  private final QueueCounters begin;
  private final Duration deadline;
  private final AttemptTally.Counter attempts = new AttemptTally.Counter(AttemptTally.MOST_TYPES);
  private final Offer offer = new Offer();
  private int largestLimit;

  /**
   * Begins a record.
   *
   * @param begin what the queue knows when the round begins
   * @param deadline how long it may take
   */
  public RoundRecorder(QueueStats begin, Duration deadline) {
    this.begin = QueueCounters.of(begin);
    this.deadline = deadline;
    seen(begin);
  }

  private void seen(QueueStats stats) {
    largestLimit = Math.max(largestLimit, stats.limit().inForce(stats.observedAt()).permits());
  }

  /** An attempt ended and was settled. */
  public synchronized void attemptFinished(
      Lease lease, AttemptOutcome outcome, Duration processing, Settlement settlement) {
    attempts.add(lease, outcome, processing, settlement);
  }

  /** A decision was made, on these facts. */
  public synchronized void decided(ScalingDecision decision, QueueStats stats) {
    offer.decided(decision);
    seen(stats);
  }

  /** Returns what came of the attempts so far. */
  public synchronized AttemptTally attempts() {
    return attempts.tally();
  }

  /**
   * Returns the report.
   *
   * @param elapsed how long the round took
   * @param end what the queue knows after it
   * @param toCome how many of its events were not yet published, which remain too
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
