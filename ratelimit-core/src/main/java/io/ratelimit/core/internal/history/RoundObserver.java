package io.ratelimit.core.internal.history;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Sees a round as it happens, for its record. Its size is bounded. Thread-safe. */
public final class RoundObserver {

  private final QueueCounters begin;
  private final AttemptFacts attempts;
  private RoundTrace trace;

  /** Begins with what the queue held when the round began. */
  public RoundObserver(Instant startedAt, QueueStats begin) {
    this.begin = QueueCounters.of(begin);
    this.attempts = new AttemptFacts(startedAt);
    this.trace = RoundTrace.begin(startedAt, begin);
  }

  /** An attempt ended and was settled. */
  public synchronized void attemptFinished(
      Lease lease, AttemptOutcome outcome, Duration processing, Settlement settlement) {
    attempts.add(lease, outcome, processing, settlement);
  }

  /** A decision was made, on these facts. */
  public synchronized void decided(ScalingDecision decision, QueueStats stats) {
    trace = trace.with(decision, stats);
  }

  /**
   * Returns the record.
   *
   * @param end what the queue held when the round had ended
   */
  public synchronized RoundRecord record(
      Optional<String> queue, String owner, RoundReport report, QueueStats end) {
    return new RoundFacts(
            queue,
            owner,
            begin,
            Optional.of(QueueCounters.of(end)),
            Optional.of(trace.until(end)),
            attempts.types(),
            attempts.sample())
        .record(report);
  }
}
