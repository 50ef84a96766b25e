package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.history.RoundRecord.OfType;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.report.Lateness;
import io.ratelimit.core.report.RoundReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Creates the record of a round from its report, the queue's counters, the readings of the queue,
 * and what was reported by those who made the attempts. Pure.
 *
 * @param queue the name of the queue, if it has one
 * @param owner who ran the round
 * @param begin the queue's counters when the round began
 * @param end the queue's counters when the round ended; empty if the queue could not be read
 * @param trace what was seen in between
 * @param attempts the tally of the attempts
 * @param arrivals how many of the attempted events were published in each minute of the round, by
 *     type name; empty if not reported
 * @param wallets the wallets with the most failures; empty if not reported
 */
public record RoundFacts(
    Optional<String> queue,
    String owner,
    QueueCounters begin,
    Optional<QueueCounters> end,
    RoundTrace trace,
    AttemptTally attempts,
    Map<String, List<Long>> arrivals,
    Optional<List<RoundRecord.OfWallet>> wallets) {

  /** Returns the record of the round that a report describes. */
  public RoundRecord record(RoundReport report) {
    String name = queue.orElse("");
    RoundRecord.Outcome outcome = outcome(report);
    Optional<RoundRecord.Counts> counts = counts();
    return new RoundRecord(
        RoundRecord.idOf(name, owner, report.startedAt()),
        name,
        owner,
        report.startedAt(),
        report.startedAt().plus(report.elapsed()),
        report.deadline(),
        outcome,
        why(outcome, report),
        counts,
        counts.map(known -> trace.arrivalsByMinute()),
        types(counts),
        new RoundRecord.Sample(
            attempts.attempts(),
            Optional.of(attempts.waiting()),
            Optional.of(attempts.processing()),
            wallets),
        limit(report),
        trace.workers(),
        trace.bound(),
        report.notes().stream().limit(RoundRecord.MOST_NOTES).toList());
  }

  private static RoundRecord.Outcome outcome(RoundReport report) {
    if (report.deadlineMet()) {
      return RoundRecord.Outcome.MET;
    }
    boolean early = report.remaining() > 0 && report.elapsed().compareTo(report.deadline()) < 0;
    return early ? RoundRecord.Outcome.CANCELLED : RoundRecord.Outcome.MISSED;
  }

  private static Optional<String> why(RoundRecord.Outcome outcome, RoundReport report) {
    if (outcome == RoundRecord.Outcome.CANCELLED) {
      Duration left = report.deadline().minus(report.elapsed());
      return Optional.of(
          String.format(
              Locale.ROOT,
              "ended %.1f s before its deadline, with %d %s left",
              left.toNanos() / 1e9,
              report.remaining(),
              report.remaining() == 1 ? "event" : "events"));
    }
    return report.lateness().map(Lateness::toString);
  }

  /**
   * A store that counts less than before has lost its counts, so their difference means nothing.
   */
  private Optional<QueueCounters> known() {
    return end.filter(
        last ->
            last.published() >= begin.published()
                && last.starts() >= begin.starts()
                && last.startedPermits() >= begin.startedPermits()
                && last.done() >= begin.done()
                && last.failed() >= begin.failed()
                && last.retried() >= begin.retried()
                && last.lost() >= begin.lost());
  }

  private Optional<RoundRecord.Counts> counts() {
    return known()
        .map(
            last ->
                new RoundRecord.Counts(
                    begin.unfinished(),
                    last.published() - begin.published(),
                    last.doneSince(begin),
                    last.failedSince(begin),
                    last.unfinished(),
                    last.lostSince(begin),
                    last.startsSince(begin),
                    last.retriedSince(begin)));
  }

  private List<OfType> types(Optional<RoundRecord.Counts> counts) {
    Map<String, AttemptTally.OfType> byName = new LinkedHashMap<>();
    attempts.byType().forEach(type -> byName.put(type.type(), type));
    Set<String> others = new TreeSet<>(trace.backlogByType().keySet());
    others.addAll(arrivals.keySet());
    others.forEach(name -> byName.computeIfAbsent(name, AttemptTally.OfType::none));
    // If as many arrivals were seen as the queue counted, all of them were seen.
    boolean all = counts.filter(known -> known.published() == seenArrivals()).isPresent();
    return FewerTypes.atMost(
        RoundRecord.MOST_TYPES, byName.values().stream().map(type -> type(type, all)).toList());
  }

  private OfType type(AttemptTally.OfType type, boolean allArrivals) {
    boolean told = type.attempts() > 0 && type.processing().total() == type.attempts();
    return new OfType(
        type.type(),
        Optional.of(trace.backlogByType().getOrDefault(type.type(), 0L)),
        allArrivals ? Optional.of(arrivals.getOrDefault(type.type(), List.of())) : Optional.empty(),
        type.attempts(),
        type.done(),
        type.failed(),
        type.retries(),
        told ? Optional.of(type.processing()) : Optional.empty());
  }

  private long seenArrivals() {
    return arrivals.values().stream().flatMap(List::stream).mapToLong(Long::longValue).sum();
  }

  private RoundRecord.LimitUse limit(RoundReport report) {
    return new RoundRecord.LimitUse(
        Optional.of(trace.normal()),
        trace.inForce(),
        report.largestWindow(),
        known().map(last -> trace.beyondNormal(last.permitsSince(begin))));
  }
}
