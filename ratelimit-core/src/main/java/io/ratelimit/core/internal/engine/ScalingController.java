package io.ratelimit.core.internal.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.AssumedStarts;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.LimitLoad;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingInput;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.TypeEstimate;
import io.ratelimit.core.scaling.TypeHistory;
import io.ratelimit.core.scaling.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Turns a queue's statistics into scaling decisions, and remembers what the next decision needs.
 * Deterministic: it reads no clock.
 *
 * <p>Not thread-safe.
 */
public final class ScalingController {

  /** The shortest time until a demand lapses unless it is renewed. */
  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(15);

  private static final int LEASED_INTERVALS = 3;

  /** Bounds the remembered arrivals, which travel with every decision under Temporal. */
  private static final int MOST_SAMPLES = 50;

  /**
   * Decides on the need alone, whatever was decided before: an autoscaler does its own smoothing.
   */
  private static final ScalingPolicy NEED =
      ScalingPolicy.demand().raisingForDeadline().fewestWhenIdle().withinRange();

  private final ScalingPolicy policy;
  private final RoundTerms terms;
  private final Foresight foresight;
  private final Duration sampleInterval;
  private final Deque<ScalingMemory.Sample> samples = new ArrayDeque<>();
  private Optional<ScalingDecision> previous;
  private Optional<Duration> meanProcessingTime;
  private Optional<Instant> nothingElseAt;

  /** Creates a controller. It averages the rate of arrivals over the deadline of a round. */
  public ScalingController(ScalingPolicy policy, RoundTerms terms) {
    this(policy, terms, ScalingMemory.NONE);
  }

  /**
   * Creates a controller that continues where another one stopped.
   *
   * @param memory what the other one remembered
   */
  public ScalingController(ScalingPolicy policy, RoundTerms terms, ScalingMemory memory) {
    this(policy, terms, memory, Foresight.none());
  }

  /**
   * Creates a controller that knows the forecast of its round.
   *
   * @param foresight the foresight of this round
   */
  public ScalingController(ScalingPolicy policy, RoundTerms terms, Foresight foresight) {
    this(policy, terms, ScalingMemory.NONE, foresight);
  }

  /**
   * Creates a controller that continues where another one stopped and knows the forecast of its
   * round.
   *
   * @param memory what the other one remembered
   * @param foresight the foresight of this round
   */
  public ScalingController(
      ScalingPolicy policy, RoundTerms terms, ScalingMemory memory, Foresight foresight) {
    this.foresight = requireNonNull(foresight, "foresight");
    this.policy = requireNonNull(policy, "policy");
    this.terms = requireNonNull(terms, "terms");
    this.sampleInterval = terms.deadline().dividedBy(MOST_SAMPLES);
    this.samples.addAll(memory.samples());
    this.previous = memory.previous();
    this.meanProcessingTime = memory.meanProcessingTime();
    this.nothingElseAt = memory.nothingElseAt();
  }

  /** Returns what another controller needs to continue from here. */
  public ScalingMemory memory() {
    return new ScalingMemory(List.copyOf(samples), previous, meanProcessingTime, nothingElseAt);
  }

  /**
   * Decides for a round, whose events share one deadline.
   *
   * @param stats the queue's statistics now
   * @param timeLeft the time until the deadline; negative after it
   * @param activeWorkers how many workers there are
   */
  public ScalingDecision decide(QueueStats stats, Duration timeLeft, int activeWorkers) {
    boolean isNothingElse = HeldBack.isAll(stats);
    return decide(stats, timeLeft, isNothingElse ? Requirements.LONGEST : timeLeft, activeWorkers);
  }

  /**
   * Decides for a service, in which the deadline counts from the publication of the oldest pending
   * event. An event that a named limit holds back for long, such as one of a banned account, does
   * not make the others late: every event that waits for something else came after the last moment
   * when none did.
   *
   * @param stats the queue's statistics now
   * @param activeWorkers how many workers there are
   */
  public ScalingDecision decide(QueueStats stats, int activeWorkers) {
    Duration deadline = terms.deadline();
    Duration age = stats.oldestPendingAge().orElse(Duration.ZERO);
    if (HeldBack.isAll(stats)) {
      nothingElseAt = Optional.of(stats.observedAt());
      return decide(stats, deadline.minus(age), Requirements.LONGEST, activeWorkers);
    }
    Duration ownAge =
        nothingElseAt
            .map(at -> Duration.between(at, stats.observedAt()))
            .filter(since -> since.compareTo(age) < 0)
            .orElse(age);
    return decide(stats, deadline.minus(age), deadline.minus(ownAge), activeWorkers);
  }

  private ScalingDecision decide(
      QueueStats stats, Duration timeLeft, Duration ownTimeLeft, int activeWorkers) {
    ScalingDecision decided = policy.decide(input(stats, timeLeft, ownTimeLeft, activeWorkers));
    ScalingDecision decision = isPausedForGood(stats) ? decided.pausedUntilResumed() : decided;
    previous = Optional.of(decision);
    return decision;
  }

  /**
   * Returns how many workers are needed, up to the most that the terms allow, if those that do not
   * run yet take time to start. Ignores the work that running ones do in the meantime. Does not
   * affect later decisions.
   *
   * @param stats the queue's statistics now
   * @param timeLeft the time until the deadline; negative after it
   * @param there how many workers could work at once
   * @param startUp how long other workers take to start
   */
  public int needed(QueueStats stats, Duration timeLeft, int there, Duration startUp) {
    int atOnce = NEED.decide(input(stats, timeLeft, timeLeft, there)).workers();
    Duration left = timeLeft.minus(startUp);
    if (atOnce <= there || left.isNegative() || left.isZero()) {
      return atOnce;
    }
    return Math.max(atOnce, NEED.decide(input(stats, left, left, there)).workers());
  }

  private ScalingInput input(
      QueueStats stats, Duration timeLeft, Duration ownTimeLeft, int activeWorkers) {
    return new ScalingInput(
        stats.observedAt(),
        workload(stats),
        stats.leased(),
        arrivalsPerMinute(stats),
        timeLeft,
        ownTimeLeft,
        stats.limit().normal(),
        stats.limitInForce(),
        terms.emergencyLimit(),
        latestCounted(stats),
        stats.nextStart(),
        stats.startsInWindow() + stats.assumedStarts().map(AssumedStarts::inWindow).orElse(0L),
        terms.workers(),
        activeWorkers,
        terms.expectations(),
        terms.confidence(),
        previous,
        // The charges of delayed events are unknown.
        stats.loads().stream().map(load -> load.normal().plusUncounted(stats.delayed())).toList(),
        foresight.arriving(stats, terms.deadline().minus(timeLeft), terms.expectations()));
  }

  /** The next start does not reveal a pause without an end. */
  private static boolean isPausedForGood(QueueStats stats) {
    return stats.limit().pause().filter(pause -> pause.until().isEmpty()).isPresent();
  }

  /** Returns the latest start, including assumed ones, which hold others back like real ones. */
  private static Optional<Instant> latestCounted(QueueStats stats) {
    Optional<Instant> assumed = stats.assumedStarts().map(AssumedStarts::until);
    return Stream.of(stats.latestStart(), assumed)
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  /** Only the number of delayed events is known: they count as average ones. */
  private Workload workload(QueueStats stats) {
    Workload pending = Workload.ofParts(parts(stats));
    if (!pending.isEmpty()) {
      meanProcessingTime = Optional.of(Duration.ofNanos(Math.round(pending.meanSeconds() * 1e9)));
    }
    return meanProcessingTime
        .map(pending::withMeanWhenEmpty)
        .orElse(pending)
        .plusAverage(stats.delayed());
  }

  /** Returns the pending events by type, each with the estimate from its history. */
  private List<Workload.Part> parts(QueueStats stats) {
    Map<String, TypeHistory> histories = new HashMap<>();
    stats.observed().forEach((type, history) -> histories.put(type.name(), history));
    List<Workload.Part> parts = new ArrayList<>();
    stats
        .pendingByType()
        .forEach(
            (type, count) ->
                parts.add(
                    part(type, count, stats.pendingPermits(type))
                        .withEstimate(
                            Optional.ofNullable(histories.get(type.name()))
                                .map(seen -> TypeEstimate.of(type, terms.expectations(), seen)))));
    return parts;
  }

  private static Workload.Part part(EventType type, long events, QueueStats.Permits permits) {
    return new Workload.Part(type, events, permits.total(), permits.heaviest(), Optional.empty());
  }

  private double arrivalsPerMinute(QueueStats stats) {
    Instant now = stats.observedAt();
    while (!samples.isEmpty() && samples.getFirst().at().isBefore(now.minus(terms.deadline()))) {
      samples.removeFirst();
    }
    if (samples.isEmpty() || !samples.getLast().at().plus(sampleInterval).isAfter(now)) {
      samples.addLast(new ScalingMemory.Sample(now, stats.published()));
    }
    // A store that lost everything counts from zero again.
    long arrived = Math.max(0, stats.published() - samples.getFirst().published());
    return arrived * 60e9 / terms.deadline().toNanos();
  }

  /**
   * Returns how long a demand lasts for a given decision interval: three intervals, but at least 15
   * s, so that neither a late decision nor a missed one lets it lapse.
   */
  public static Duration demandLease(Duration interval) {
    Duration intervals = interval.multipliedBy(LEASED_INTERVALS);
    return intervals.compareTo(SHORTEST_LEASE) < 0 ? SHORTEST_LEASE : intervals;
  }

  /**
   * Demands the limit that a decision asks for, or ends the demand. Renews a demand when half of
   * its time is over; without renewal it lapses.
   *
   * @param stats the statistics that the decision was based on
   * @param owner the owner of the demand
   * @param lease how long a demand lasts: see {@link #demandLease}
   */
  public void apply(
      ScalingDecision decision,
      QueueStats stats,
      LimitControl limit,
      String owner,
      Duration lease) {
    Optional<Demand> held = stats.limit().demandOf(owner, stats.observedAt());
    if (decision.limit().isFasterThan(stats.limit().normal())) {
      Instant renewBy = stats.observedAt().plus(lease.dividedBy(2));
      if (!holdsUntil(held, decision.limit(), renewBy)) {
        limit.demand(owner, decision.limit(), lease);
      }
    } else if (held.isPresent()) {
      limit.endDemand(owner);
    }
  }

  /**
   * Demands the windows of named limits that a decision asks for, or ends these demands. Considers
   * only limits that events wait for: the others need no demand, and theirs lapse. Renews demands
   * as {@link #apply} does.
   */
  public void applyNamed(
      ScalingDecision decision,
      QueueStats stats,
      NamedLimitControl limits,
      String owner,
      Duration lease) {
    Instant renewBy = stats.observedAt().plus(lease.dividedBy(2));
    for (LimitLoad load : stats.loads()) {
      KeyPattern all = KeyPattern.all(load.name());
      Optional<NamedDemand> held =
          load.settings().demands().stream()
              .filter(demand -> demand.owner().equals(owner) && demand.keys().equals(all))
              .filter(demand -> demand.until().isAfter(stats.observedAt()))
              .findFirst();
      List<RateLimit> wanted = decision.raised().get(load.name());
      if (wanted == null) {
        held.ifPresent(demand -> limits.endDemand(all, owner));
      } else if (held.isEmpty()
          || !held.get().windows().equals(wanted)
          || !held.get().until().isAfter(renewBy)) {
        limits.demand(all, owner, wanted, lease);
      }
    }
  }

  private static boolean holdsUntil(Optional<Demand> held, RateLimit limit, Instant until) {
    return held.isPresent()
        && held.get().limit().equals(limit)
        && held.get().until().isAfter(until);
  }
}
