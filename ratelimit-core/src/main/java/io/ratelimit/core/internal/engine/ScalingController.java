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
 * Turns what a queue holds into scaling decisions, and remembers between two of them what the next
 * one needs. Deterministic: it reads no clock.
 *
 * <p>Not thread-safe; one thread decides.
 */
public final class ScalingController {

  /** A demand lapses if it is not renewed for so long, and for so many intervals. */
  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(15);

  private static final int LEASED_INTERVALS = 3;

  /** So many bound the memory of an arrival window, which travels with every decision elsewhere. */
  private static final int MOST_SAMPLES = 50;

  /** What is needed, whatever was decided before: an autoscaler has its own way to be calm. */
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

  /** Creates a controller. The rate of arrivals is averaged over the time of a round. */
  public ScalingController(ScalingPolicy policy, RoundTerms terms) {
    this(policy, terms, ScalingMemory.NONE);
  }

  /**
   * Creates a controller that goes on from where another one was.
   *
   * @param memory what the other one remembered
   */
  public ScalingController(ScalingPolicy policy, RoundTerms terms, ScalingMemory memory) {
    this(policy, terms, memory, Foresight.none());
  }

  /**
   * Creates a controller that knows what is forecast to come to its round.
   *
   * @param foresight of this round
   */
  public ScalingController(ScalingPolicy policy, RoundTerms terms, Foresight foresight) {
    this(policy, terms, ScalingMemory.NONE, foresight);
  }

  /**
   * Creates a controller that goes on from where another one was, and knows what is forecast.
   *
   * @param memory what the other one remembered
   * @param foresight of this round
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

  /** Returns what another controller needs to go on from here. */
  public ScalingMemory memory() {
    return new ScalingMemory(List.copyOf(samples), previous, meanProcessingTime, nothingElseAt);
  }

  /**
   * Decides for a round, whose events have one deadline.
   *
   * @param stats what the queue holds now
   * @param timeLeft how long until the deadline; negative once it is past
   * @param activeWorkers how many workers there are
   */
  public ScalingDecision decide(QueueStats stats, Duration timeLeft, int activeWorkers) {
    boolean isNothingElse = HeldBack.isAll(stats);
    return decide(stats, timeLeft, isNothingElse ? Requirements.LONGEST : timeLeft, activeWorkers);
  }

  /**
   * Decides for a service, in which the deadline counts from the publication of the oldest event
   * that waits. One that a named limit holds back for long, of a banned account for example, does
   * not make the others late: all that waits for something else came after the latest moment at
   * which nothing did.
   *
   * @param stats what the queue holds now
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
   * Returns how many workers would be needed if all that the terms allow could be had, of which
   * those that are not there take a time to start. That those which are there get on with the work
   * meanwhile is left out of account. Changes nothing that a decision depends on.
   *
   * @param stats what the queue holds now
   * @param timeLeft how long until the deadline; negative once it is past
   * @param there how many workers could work at once
   * @param startUp how long others take to start
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
        // Of those that are delayed it is not known what they are charged.
        stats.loads().stream().map(load -> load.normal().plusUncounted(stats.delayed())).toList(),
        foresight.arriving(stats, terms.deadline().minus(timeLeft), terms.expectations()));
  }

  /** Of such a pause the next start does not tell. */
  private static boolean isPausedForGood(QueueStats stats) {
    return stats.limit().pause().filter(pause -> pause.until().isEmpty()).isPresent();
  }

  /** Starts that are assumed hold others back as if they had been made. */
  private static Optional<Instant> latestCounted(QueueStats stats) {
    Optional<Instant> assumed = stats.assumedStarts().map(AssumedStarts::until);
    return Stream.of(stats.latestStart(), assumed)
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  /** Of events that are delayed or in hand only the number is known; they are like the others. */
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

  /** Returns what waits, by type, each with what was seen of it. */
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
    // A store that lost everything counts from the start.
    long arrived = Math.max(0, stats.published() - samples.getFirst().published());
    return arrived * 60e9 / terms.deadline().toNanos();
  }

  /**
   * Returns how long a demand is made for by whoever decides at such intervals: three of them, at
   * least 15 s, so that neither a late decision nor a missed one lets it lapse.
   */
  public static Duration demandLease(Duration interval) {
    Duration intervals = interval.multipliedBy(LEASED_INTERVALS);
    return intervals.compareTo(SHORTEST_LEASE) < 0 ? SHORTEST_LEASE : intervals;
  }

  /**
   * Demands the limit that a decision asks for, or takes the demand back. A demand is renewed when
   * half of its time is over, and lapses by itself when nobody does.
   *
   * @param stats the facts that the decision was made on
   * @param owner whose demand it is
   * @param lease how long a demand is made for: see {@link #demandLease}
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
   * Demands the windows of named limits that a decision asks for, or takes these demands back: of
   * those limits that something waits for, as the others need no demand and lapse. Renews them as
   * {@link #apply} does.
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
