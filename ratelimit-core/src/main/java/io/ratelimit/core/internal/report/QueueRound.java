package io.ratelimit.core.internal.report;

import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.report.RoundReport.TypeReport;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A round as its queue counted it: what happened between two readings of the queue, whoever did it.
 *
 * @param startedAt when the round began, by the queue's clock
 * @param deadline how long it was allowed to take
 * @param begin the queue's counters at the first reading
 * @param end the queue's counters at the last reading
 * @param sample the attempts that were reported by those who made them
 * @param decisions the scaling decisions that changed something, in order
 * @param largestLimit the largest number of permits per window that was seen in force
 * @param largestWindow the largest weight of starts in any window of the round, if known
 * @param notes further information about these figures
 */
public record QueueRound(
    Instant startedAt,
    Duration deadline,
    QueueCounters begin,
    QueueCounters end,
    AttemptTally sample,
    List<ScalingDecision> decisions,
    int largestLimit,
    Optional<Long> largestWindow,
    List<String> notes) {

  /** Returns the report. */
  public RoundReport report() {
    Offer offer = new Offer();
    decisions.forEach(offer::decided);
    Duration elapsed = Duration.between(startedAt, end.at());
    long attempts = end.startsSince(begin);
    return new RoundReport(
        startedAt,
        elapsed,
        sample.firstStart().map(first -> Duration.between(startedAt, first)),
        deadline,
        end.unfinished() == 0 && elapsed.compareTo(deadline) <= 0,
        end.doneSince(begin),
        end.failedSince(begin),
        end.unfinished(),
        end.lostSince(begin),
        attempts,
        end.retriedSince(begin),
        sample.released(),
        sample.staleLeases(),
        limitUtilization(offer),
        workerUtilization(offer),
        offer.mostWorkers(),
        sample.attempts(),
        sample.waiting().percentiles(),
        sample.processing().percentiles(),
        largestWindow,
        offer.window(),
        Math.max(largestLimit, offer.largestLimit()),
        byType(),
        offer.changes(),
        allNotes(attempts));
  }

  private Map<String, TypeReport> byType() {
    Map<String, TypeReport> types = new LinkedHashMap<>();
    for (AttemptTally.OfType type : sample.byType()) {
      types.put(
          type.type(),
          new TypeReport(
              type.done(),
              type.failed(),
              type.attempts(),
              // A report may include a type without attempts.
              type.busy().dividedBy(Math.max(1, type.attempts()))));
    }
    return types;
  }

  /** Returns the used share of what the limit offered from the first known start to the last. */
  private double limitUtilization(Offer offer) {
    long permits = Math.max(end.permitsSince(begin), sample.permits());
    if (sample.attempts() < 2) {
      return 0;
    }
    // The offer begins at the first start, which therefore uses none of it.
    double first = (double) sample.permits() / sample.attempts();
    return Offer.share(permits - first, offer.permits(first(), last()));
  }

  private double workerUtilization(Offer offer) {
    return sample.attempts() < 2
        ? 0
        : Offer.share(Offer.seconds(sample.busy()), offer.workerSeconds(first(), last()));
  }

  private Instant first() {
    return sample.firstStart().orElse(startedAt);
  }

  private Instant last() {
    return sample.lastStart().orElse(end.at());
  }

  private List<String> allNotes(long attempts) {
    List<String> all = new ArrayList<>(notes);
    end.acquiredNote(begin).ifPresent(all::add);
    long foreign = attempts - sample.attempts();
    if (foreign > 0) {
      all.add(
          foreign
              + " of the "
              + attempts
              + " attempts on the queue were made by others or by lost workers");
    } else if (foreign < 0) {
      all.add(
          "the queue counts "
              + attempts
              + " attempts, fewer than the "
              + sample.attempts()
              + " that were made: it lost its counts or started over");
    }
    return all;
  }
}
