package io.ratelimit.core.internal.report;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.report.Percentiles;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.report.TypeReport;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Records a round as it happens. Thread-safe. Memory grows with the number of attempts; meant for
 * rounds, not for a service that runs on.
 */
public final class RoundRecorder {

  private static final class TypeTally {
    long done;
    long failed;
    long attempts;
    Duration processing = Duration.ZERO;

    TypeReport report() {
      return new TypeReport(
          done, failed, attempts, attempts == 0 ? Duration.ZERO : processing.dividedBy(attempts));
    }
  }

  private final Instant startedAt;
  private final Duration deadline;
  private final List<StartCount.Start> starts = new ArrayList<>();
  private final List<Duration> waits = new ArrayList<>();
  private final List<Duration> processings = new ArrayList<>();
  private final Map<String, TypeTally> types = new LinkedHashMap<>();
  private final Offer offer = new Offer();
  private long retries;
  private long released;
  private long staleLeases;

  /**
   * Begins a record.
   *
   * @param startedAt when the round begins
   * @param deadline how long it may take
   */
  public RoundRecorder(Instant startedAt, Duration deadline) {
    this.startedAt = startedAt;
    this.deadline = deadline;
  }

  /** An attempt was started. */
  public synchronized void attemptStarted(Lease lease) {
    starts.add(new StartCount.Start(lease.takenAt(), lease.event().weight()));
    if (lease.attempt() == 1) {
      waits.add(Duration.between(lease.publishedAt(), lease.takenAt()));
    }
    tally(lease).attempts++;
  }

  /** An attempt ended and was settled. */
  public synchronized void attemptFinished(
      Lease lease, AttemptOutcome outcome, Duration processing, Settlement settlement) {
    processings.add(processing);
    TypeTally tally = tally(lease);
    tally.processing = tally.processing.plus(processing);
    if (settlement == Settlement.STALE_LEASE) {
      staleLeases++;
    } else if (outcome instanceof AttemptOutcome.Done) {
      tally.done++;
    } else if (outcome instanceof AttemptOutcome.Failed) {
      tally.failed++;
    } else if (outcome instanceof AttemptOutcome.Retry) {
      retries++;
    } else {
      released++;
    }
  }

  private TypeTally tally(Lease lease) {
    return types.computeIfAbsent(lease.event().type().name(), name -> new TypeTally());
  }

  /**
   * A decision was made, on these facts; one that asks for the same as the one before is not kept.
   */
  public synchronized void decided(ScalingDecision decision, QueueStats stats) {
    offer.decided(decision, stats.observedAt());
  }

  /**
   * Returns the report of a round that had its queue to itself.
   *
   * @param endedAt when the round ended
   * @param remaining how many events are unfinished
   */
  public synchronized RoundReport report(Instant endedAt, long remaining) {
    QueueCounters begin = new QueueCounters(startedAt, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    QueueCounters end = new QueueCounters(endedAt, 0, 0, 0, 0, 0, 0, 0, remaining, 0);
    return report(endedAt, begin, end, Optional.empty());
  }

  /**
   * Returns the report. Where the queue counted more than was recorded, others worked on it too:
   * what it counted is what happened, and what was recorded is a sample.
   *
   * @param endedAt when the round ended
   * @param begin what the queue had counted when the round began
   * @param end what it had counted when the round had ended
   * @param largestWindow the largest weight of starts in any window, as the queue counted it
   */
  public synchronized RoundReport report(
      Instant endedAt, QueueCounters begin, QueueCounters end, Optional<Long> largestWindow) {
    long remaining = end.unfinished();
    long attempts = Math.max(starts.size(), end.startsSince(begin));
    long ownDone = types.values().stream().mapToLong(tally -> tally.done).sum();
    long ownFailed = types.values().stream().mapToLong(tally -> tally.failed).sum();
    boolean shared = attempts > starts.size() || end.doneSince(begin) > ownDone;
    Optional<String> acquired = end.acquiredNote(begin);
    Duration elapsed = Duration.between(startedAt, endedAt);
    starts.sort(Comparator.comparing(StartCount.Start::at));
    Duration window = offer.window();
    Map<String, TypeReport> byType = new LinkedHashMap<>();
    types.forEach((name, tally) -> byType.put(name, tally.report()));
    return new RoundReport(
        startedAt,
        elapsed,
        firstStart(),
        deadline,
        remaining == 0 && elapsed.compareTo(deadline) <= 0,
        Math.max(ownDone, end.doneSince(begin)),
        Math.max(ownFailed, end.failedSince(begin)),
        remaining,
        end.lostSince(begin),
        attempts,
        Math.max(retries, end.retriedSince(begin)),
        released,
        staleLeases,
        limitUtilization(),
        workerUtilization(),
        offer.mostWorkers(),
        processings.size(),
        Percentiles.of(waits),
        Percentiles.of(processings),
        shared || acquired.isPresent()
            ? largestWindow
            : Optional.of(window.isZero() ? 0 : StartCount.largestInAny(window, starts)),
        window,
        offer.largestLimit(),
        byType,
        offer.changes(),
        Stream.concat(shared ? Stream.of(sharedNote(attempts)) : Stream.empty(), acquired.stream())
            .toList());
  }

  private String sharedNote(long attempts) {
    long foreign = attempts - starts.size();
    return "others worked on the queue too: "
        + foreign
        + " of the "
        + attempts
        + " attempts were theirs";
  }

  private Optional<Duration> firstStart() {
    return starts.isEmpty()
        ? Optional.empty()
        : Optional.of(Duration.between(startedAt, starts.get(0).at()));
  }

  /** Returns what the limit offered after the first start, and how much of it was started. */
  private double limitUtilization() {
    if (starts.size() < 2) {
      return 0;
    }
    long used = starts.stream().skip(1).mapToLong(StartCount.Start::weight).sum();
    return Offer.share((double) used, offer.permits(first(), last()));
  }

  private double workerUtilization() {
    if (starts.size() < 2) {
      return 0;
    }
    double busy = processings.stream().mapToDouble(Offer::seconds).sum();
    return Offer.share(busy, offer.workerSeconds(first(), last()));
  }

  private Instant first() {
    return starts.get(0).at();
  }

  private Instant last() {
    return starts.get(starts.size() - 1).at();
  }
}
