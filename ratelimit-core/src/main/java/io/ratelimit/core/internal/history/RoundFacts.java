package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.history.RoundRecord.OfType;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.report.Lateness;
import io.ratelimit.core.report.RoundReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the record of a round: of its report, of what the queue counted, of the looks at it, and of
 * what is known from the attempts. Pure.
 *
 * @param queue the name of the queue, if it has one
 * @param owner who ran the round
 * @param begin what the queue had counted when it began
 * @param end what it had counted when it ended; empty: the queue could not be read then
 * @param trace what was seen between; empty: nothing is known of it
 * @param types what is known by type from the attempts, each with what was published of it in the
 *     round as far as it was attempted
 * @param sample what else is known from them
 */
public record RoundFacts(
    Optional<String> queue,
    String owner,
    QueueCounters begin,
    Optional<QueueCounters> end,
    Optional<RoundTrace> trace,
    List<OfType> types,
    RoundRecord.Sample sample) {

  /** Returns the record of the round that a report is of. */
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
        counts.flatMap(known -> trace).map(RoundTrace::arrivalsByMinute),
        types(counts),
        sample,
        limit(report),
        trace.flatMap(RoundTrace::workers),
        trace.map(RoundTrace::bound).orElse(Map.of()),
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

  /** A store that counts less than before has lost its counts: their difference says nothing. */
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
    Map<String, OfType> byName = new LinkedHashMap<>();
    types.forEach(type -> byName.put(type.type(), type));
    Optional<Map<String, Long>> backlog = trace.map(RoundTrace::backlogByType);
    backlog.ifPresent(
        waiting ->
            waiting
                .keySet()
                .forEach(name -> byName.computeIfAbsent(name, RoundFacts::notAttempted)));
    boolean all = counts.isPresent() && counts.get().published() == seenArrivals();
    List<OfType> facts = new ArrayList<>();
    byName
        .values()
        .forEach(
            type ->
                facts.add(
                    new OfType(
                        type.type(),
                        backlog.map(waiting -> waiting.getOrDefault(type.type(), 0L)),
                        all ? Optional.of(arrivals(type)) : Optional.empty(),
                        type.attempts(),
                        type.done(),
                        type.failed(),
                        type.retries(),
                        type.processing())));
    return FewerTypes.atMost(RoundRecord.MOST_TYPES, facts);
  }

  private static OfType notAttempted(String name) {
    return new OfType(name, Optional.empty(), Optional.empty(), 0, 0, 0, 0, Optional.empty());
  }

  private static List<Long> arrivals(OfType type) {
    return type.arrivalsByMinute().orElse(List.of());
  }

  /** Whoever saw as many events come as the queue counted has seen them all. */
  private long seenArrivals() {
    return types.stream().flatMap(type -> arrivals(type).stream()).mapToLong(Long::longValue).sum();
  }

  private RoundRecord.LimitUse limit(RoundReport report) {
    Optional<Long> extra =
        known().flatMap(last -> trace.map(t -> t.beyondNormal(last.permitsSince(begin))));
    return new RoundRecord.LimitUse(
        trace.map(RoundTrace::normal),
        trace.map(RoundTrace::inForce).orElse(List.of()),
        report.largestWindow(),
        extra);
  }
}
