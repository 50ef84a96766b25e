package io.ratelimit.core.internal.report;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.limit.RateLimit;
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

/**
 * Records a round as it happens. Thread-safe. Memory grows with the number of attempts; meant for
 * rounds, not for a service that runs on.
 */
public final class RoundRecorder {

  private static final double NANOS_PER_SECOND = 1e9;

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

  private record InForce(Instant from, RateLimit limit, int workers) {}

  private final Instant startedAt;
  private final Duration deadline;
  private final List<StartCount.Start> starts = new ArrayList<>();
  private final List<Duration> waits = new ArrayList<>();
  private final List<Duration> processings = new ArrayList<>();
  private final Map<String, TypeTally> types = new LinkedHashMap<>();
  private final List<ScalingDecision> decisions = new ArrayList<>();
  private final List<InForce> inForce = new ArrayList<>();
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
    decided(decision, stats.observedAt());
  }

  /** A decision was made, on the facts of its own time. */
  public synchronized void decided(ScalingDecision decision) {
    decided(decision, decision.at());
  }

  private void decided(ScalingDecision decision, Instant from) {
    inForce.add(new InForce(from, decision.limit(), decision.workers()));
    if (decisions.isEmpty() || !decisions.get(decisions.size() - 1).asksTheSameAs(decision)) {
      decisions.add(decision);
    }
  }

  /**
   * The report.
   *
   * @param endedAt when the round ended
   * @param remaining how many events are unfinished
   */
  public synchronized RoundReport report(Instant endedAt, long remaining) {
    Duration elapsed = Duration.between(startedAt, endedAt);
    starts.sort(Comparator.comparing(StartCount.Start::at));
    Duration window =
        inForce.stream()
            .map(f -> f.limit().window())
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    Map<String, TypeReport> byType = new LinkedHashMap<>();
    types.forEach((name, tally) -> byType.put(name, tally.report()));
    return new RoundReport(
        startedAt,
        elapsed,
        firstStart(),
        deadline,
        remaining == 0 && elapsed.compareTo(deadline) <= 0,
        byType.values().stream().mapToLong(TypeReport::done).sum(),
        byType.values().stream().mapToLong(TypeReport::failed).sum(),
        remaining,
        starts.size(),
        retries,
        released,
        staleLeases,
        limitUtilisation(),
        workerUtilisation(),
        inForce.stream().mapToInt(InForce::workers).max().orElse(0),
        Percentiles.of(waits),
        Percentiles.of(processings),
        window.isZero() ? 0 : StartCount.largestInAny(window, starts),
        window,
        inForce.stream().mapToInt(f -> f.limit().permits()).max().orElse(0),
        byType,
        decisions);
  }

  private Optional<Duration> firstStart() {
    return starts.isEmpty()
        ? Optional.empty()
        : Optional.of(Duration.between(startedAt, starts.get(0).at()));
  }

  /** What the limit offered after the first start, and how much of it was started. */
  private double limitUtilisation() {
    double offered = integral(f -> 1 / f.limit().secondsPerPermit());
    long used = starts.stream().skip(1).mapToLong(StartCount.Start::weight).sum();
    return offered == 0 ? 0 : Math.min(1, used / offered);
  }

  private double workerUtilisation() {
    double offered = integral(InForce::workers);
    double busy = processings.stream().mapToDouble(RoundRecorder::seconds).sum();
    return offered == 0 ? 0 : Math.min(1, busy / offered);
  }

  private interface Rate {
    double perSecond(InForce inForce);
  }

  /** The integral of a rate from the first to the last start. */
  private double integral(Rate rate) {
    if (starts.size() < 2 || inForce.isEmpty()) {
      return 0;
    }
    Instant first = starts.get(0).at();
    Instant last = starts.get(starts.size() - 1).at();
    double sum = 0;
    for (int i = 0; i < inForce.size(); i++) {
      Instant from = i == 0 ? first : later(first, inForce.get(i).from());
      Instant to = i + 1 < inForce.size() ? inForce.get(i + 1).from() : last;
      Instant end = to.isAfter(last) ? last : to;
      if (end.isAfter(from)) {
        sum += seconds(Duration.between(from, end)) * rate.perSecond(inForce.get(i));
      }
    }
    return sum;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / NANOS_PER_SECOND;
  }
}
