package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.RoundRecord.OfType;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.internal.report.DurationHistogram;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.report.Spread;
import java.util.List;
import java.util.Optional;

/** The record of a round whose attempts were made elsewhere, by lanes that told of them. Pure. */
public final class ManagerRound {

  /**
   * Returns the record.
   *
   * @param owner the manager
   * @param end what the queue had counted when the round ended; empty: it could not be read then
   * @param trace what was seen between
   * @param tally what the lanes told
   */
  public static RoundRecord record(
      Optional<String> queue,
      String owner,
      QueueCounters begin,
      Optional<QueueCounters> end,
      RoundTrace trace,
      AttemptTally tally,
      RoundReport report) {
    return new RoundFacts(
            queue,
            owner,
            begin,
            end,
            Optional.of(trace),
            tally.byType().stream().map(ManagerRound::type).toList(),
            new RoundRecord.Sample(
                tally.attempts(),
                Optional.of(spread(tally.waiting())),
                Optional.of(spread(tally.processing())),
                Optional.empty()))
        .record(report);
  }

  private static Spread spread(DurationHistogram histogram) {
    return new Spread(histogram.counts(), histogram.longest());
  }

  /** Lanes do not tell when what they handled was published. */
  private static OfType type(AttemptTally.OfType type) {
    Spread times = new Spread(type.times(), type.longest());
    return new OfType(
        type.type(),
        Optional.empty(),
        Optional.of(List.of()),
        type.attempts(),
        type.done(),
        type.failed(),
        type.retries(),
        times.total() == type.attempts() ? Optional.of(times) : Optional.empty());
  }

  private ManagerRound() {}
}
