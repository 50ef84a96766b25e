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
 * Sees of a round what its record says beyond its report: arrivals, wallets, and what held from one
 * look at the queue to the next. Its size is bounded. Thread-safe.
 */
public final class RoundObserver {

  private final QueueCounters begin;
  private final Arrivals arrivals;
  private final Wallets wallets = new Wallets();
  private RoundTrace trace;

  /** Begins with what the queue held when the round began. */
  public RoundObserver(QueueStats begin) {
    this.begin = QueueCounters.of(begin);
    this.arrivals = new Arrivals(begin.observedAt());
    this.trace = RoundTrace.begin(begin.observedAt(), begin);
  }

  /** An attempt ended and was settled. */
  public synchronized void attemptFinished(
      Lease lease, AttemptOutcome outcome, Settlement settlement) {
    if (lease.attempt() == 1) {
      arrivals.add(lease.event().type().name(), lease.publishedAt());
    }
    boolean failed =
        outcome instanceof AttemptOutcome.Failed || outcome instanceof AttemptOutcome.Retry;
    wallets.add(lease.event().walletId(), failed && settlement != Settlement.STALE_LEASE);
  }

  /** A decision was made, on these facts. */
  public synchronized void decided(ScalingDecision decision, QueueStats stats) {
    trace = trace.with(decision, stats);
  }

  /**
   * Returns the record.
   *
   * @param attempts what came of the attempts
   * @param end what the queue held when the round had ended
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
