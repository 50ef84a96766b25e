package io.ratelimit.core.internal.history;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.ScalingDecision;
import java.util.Optional;

/**
 * Observes what the record of a round needs beyond its report: arrivals, wallets, and what was in
 * force from one reading of the queue to the next. Bounded in size. Thread-safe.
 */
public final class RoundObserver {

  private final QueueCounters begin;
  private final Arrivals arrivals;
  private final Wallets wallets = new Wallets();
  private RoundTrace trace;

  /** Creates an observer from the queue's statistics when the round began. */
  public RoundObserver(QueueStats begin) {
    this.begin = QueueCounters.of(begin);
    this.arrivals = new Arrivals(begin.observedAt());
    this.trace = RoundTrace.begin(begin.observedAt(), begin);
  }

  /** Observes an attempt that has ended and is settled. */
  public synchronized void attemptFinished(
      Lease lease, AttemptOutcome outcome, Settlement settlement) {
    if (lease.attempt() == 1) {
      arrivals.add(lease.event().type().name(), lease.publishedAt());
    }
    boolean failed =
        outcome instanceof AttemptOutcome.Failed || outcome instanceof AttemptOutcome.Retry;
    wallets.add(lease.event().walletId(), failed && settlement != Settlement.STALE_LEASE);
  }

  /** Observes a decision and the statistics it was based on. */
  public synchronized void decided(ScalingDecision decision, QueueStats stats) {
    trace = trace.with(decision, stats);
  }

  /**
   * Returns the record.
   *
   * @param attempts the tally of the attempts
   * @param end the queue's statistics after the round
   */
  public synchronized RoundRecord record(
      Optional<String> queue,
      String owner,
      AttemptTally attempts,
      RoundReport report,
      QueueStats end) {
    return new RoundFacts(
            queue,
            owner,
            begin,
            Optional.of(QueueCounters.of(end)),
            trace.until(end),
            attempts,
            arrivals.minutesByType(),
            wallets.worst())
        .record(report);
  }
}
