package io.ratelimit.core.plan;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.LimitLoad;
import io.ratelimit.core.scaling.Outlook;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingInput;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Computes the probability that a backlog is done before its deadline, and what that takes: the
 * feasibility planner.
 *
 * <p>Pure: no clock, no state. Without randomness and with at most {@value #EXACT} attempts, these
 * are scheduled one by one, and the answer is exact. Otherwise it uses the same closed form as the
 * policies: O(runs). With named limits it always uses the closed form: the times for which each
 * limit holds back the events of one key add up, in whatever order keys take turns. What is called
 * feasible is feasible; what is called infeasible may still be feasible.
 */
public final class Planner {

  /** Up to this many attempts are scheduled one by one. */
  static final int EXACT = 1_000;

  private static final Confidence MEDIAN = new Confidence(0.5);
  private static final Duration STEP = Duration.ofMillis(100);

  /** A limit that is never the bottleneck. */
  private static final RateLimit FASTEST =
      RateLimit.of(RateLimit.MAX_PERMITS)
          .per(Duration.ofMillis(1))
          .withBurst(RateLimit.MAX_PERMITS);

  /** A number of workers that is never the bottleneck. */
  private static final int UNBOUNDED = Integer.MAX_VALUE;

  /**
   * Plans.
   *
   * <p>For example, 108 events of 10 s at 20/min, in 3 minutes, at most 60/min and 10 workers: 4
   * workers are optimal; the last event starts after 321 s and ends after 331 s; 38/min and 7
   * workers meet the deadline; 60/min must hold from 94.5 s on at the latest.
   */
  public static Plan plan(PlanRequest request) {
    return new Planner(request).plan();
  }

  private final PlanRequest request;
  private final ScalingInput input;
  private final Outlook outlook;
  private final Outlook alone;
  private final Outlook median;
  private final Outlook emergency;
  private final Outlook medianEmergency;
  private final Optional<Attempts> attempts;
  private final boolean certain;

  private Planner(PlanRequest request) {
    this.request = request;
    this.input =
        ScalingInput.of(
                Instant.EPOCH,
                request.backlog().workload(),
                request.terms().deadline(),
                request.limit(),
                request.terms().workers())
            .withExpectations(request.terms().expectations())
            .withConfidence(request.terms().confidence())
            .withLoads(request.backlog().loads());
    this.outlook = Outlook.of(input);
    this.alone = Outlook.of(input.withLoads(List.of()));
    this.median = Outlook.of(input.withConfidence(MEDIAN));
    ScalingInput raised = input.atCeilings();
    this.emergency = Outlook.of(raised);
    this.medianEmergency = Outlook.of(raised.withConfidence(MEDIAN));
    double expected =
        request.backlog().events() * request.terms().expectations().attemptsPerEvent();
    this.attempts =
        expected <= EXACT && input.loads().isEmpty()
            ? Optional.of(Attempts.of(request.backlog(), request.terms().expectations()))
            : Optional.empty();
    this.certain = attempts.isPresent() && request.terms().expectations().areCertain();
  }

  private Plan plan() {
    ScalingDecision decision = ScalingPolicy.demand().decide(input);
    RateLimit limit = request.limit();
    RateLimit ceiling = request.fastest();
    int most = request.terms().workers().max();
    Schedule atLimit = schedule(median, limit, most);
    Schedule atCeiling = schedule(medianEmergency, ceiling, most);
    Optional<RateLimit> needed = neededLimit(outlook);
    int neededWorkers = needed.map(this::neededWorkers).orElse(0);
    boolean feasible = isMet(limit, most);
    double confidenceAtCeiling = confidence(emergency, ceiling, most);
    boolean feasibleAtCeiling = confidenceAtCeiling >= request.terms().confidence().share();
    Optional<LimitKey> slowest = outlook.binding(limit, most);
    Constraint bottleneck =
        feasible
            ? Constraint.WORK
            : slowest.isEmpty() && isMet(limit, UNBOUNDED) ? Constraint.WORKERS : Constraint.RATE;
    Optional<LimitKey> binding = bottleneck == Constraint.RATE ? slowest : Optional.empty();
    return new Plan(
        request,
        decision.requiredWorkers(),
        decision.rateLimitedWorkers(),
        request.terms().workers().clamp(decision.workers()),
        feasible,
        confidence(limit, most),
        atLimit.lastStart(),
        atLimit.finish(),
        needed,
        neededWorkers,
        needed.map(lowest -> confidence(lowest, neededWorkers)).orElse(0.0),
        feasibleAtCeiling,
        confidenceAtCeiling,
        atCeiling.finish(),
        !feasible && feasibleAtCeiling
            ? Optional.of(latestEmergencyStart(ceiling, most))
            : Optional.empty(),
        atCeiling.late(),
        bottleneck,
        binding,
        limits(slowest.map(LimitKey::limit), needed));
  }

  private List<Plan.OfLimit> limits(Optional<String> slowest, Optional<RateLimit> needed) {
    RateLimit limit = request.limit();
    boolean isLimited =
        !alone.finish(limit, UNBOUNDED).minus(alone.finish(FASTEST, UNBOUNDED)).isZero();
    List<Plan.OfLimit> limits = new ArrayList<>();
    limits.add(
        new Plan.OfLimit(
            Optional.empty(),
            List.of(limit),
            Optional.empty(),
            (long) request.backlog().workload().permits(),
            attempts.isPresent()
                ? schedule(alone, limit, UNBOUNDED).finish()
                : alone.finish(limit, UNBOUNDED),
            (input.loads().isEmpty() ? needed : neededLimit(alone)).map(List::of),
            slowest.isEmpty() && isLimited));
    for (LimitLoad load : input.loads()) {
      Optional<LimitKey> key = outlook.slowestKey(load);
      limits.add(
          new Plan.OfLimit(
              Optional.of(load.name()),
              load.settings().limit().windows(),
              key,
              cost(load, key),
              outlook.finish(load),
              outlook.neededWindows(load),
              slowest.equals(Optional.of(load.name()))));
    }
    return limits;
  }

  /** Returns the cost of the work under a key, or under the most expensive one. */
  private static long cost(LimitLoad load, Optional<LimitKey> key) {
    return load.keys().stream()
        .filter(each -> key.isEmpty() || key.get().equals(each.key()))
        .mapToLong(LimitLoad.Key::cost)
        .max()
        .orElse(0);
  }

  private boolean isMet(RateLimit limit, int workers) {
    return isMet(outlook, limit, workers);
  }

  private boolean isMet(Outlook under, RateLimit limit, int workers) {
    return confidence(under, limit, workers) >= request.terms().confidence().share();
  }

  private double confidence(RateLimit limit, int workers) {
    return confidence(outlook, limit, workers);
  }

  private double confidence(Outlook under, RateLimit limit, int workers) {
    if (certain) {
      return Schedule.meets(attempts.get(), limit, workers, request.terms().deadline()) ? 1 : 0;
    }
    return under.confidence(limit, workers);
  }

  /** Returns the expected schedule. */
  private Schedule schedule(Outlook expected, RateLimit limit, int workers) {
    return attempts.isPresent()
        ? Schedule.of(attempts.get(), limit, workers, request.terms().deadline())
        : Schedule.estimated(expected, limit, workers);
  }

  private Optional<RateLimit> neededLimit(Outlook under) {
    int permits =
        lowest(
            request.backlog().heaviest(),
            RateLimit.MAX_PERMITS,
            (share, n) -> share.of(under, request.limit().withPermits(n), UNBOUNDED));
    return permits > RateLimit.MAX_PERMITS
        ? Optional.empty()
        : Optional.of(request.limit().withPermits(permits));
  }

  private int neededWorkers(RateLimit limit) {
    int most = (int) Math.min(Backlog.MAX_EVENTS, request.backlog().events());
    return Math.min(most, lowest(1, most, (share, n) -> share.of(outlook, limit, n)));
  }

  /** Computes the probability of finishing in time. */
  private interface Share {
    double of(Outlook under, RateLimit limit, int workers);
  }

  /** Computes the probability of finishing in time with a number of permits or workers. */
  private interface ShareWith {
    double of(Share share, int number);
  }

  /**
   * Returns the lowest sufficient number. If attempts are scheduled one by one, which takes time,
   * the closed form tells where to search first.
   */
  private int lowest(int least, int most, ShareWith with) {
    double share = request.terms().confidence().share();
    int estimate = lowest(least, most, least, n -> with.of(Outlook::confidence, n) >= share);
    return certain
        ? lowest(least, most, estimate, n -> with.of(this::confidence, n) >= share)
        : estimate;
  }

  /**
   * Returns the lowest sufficient number from {@code least} to {@code most}, if all higher ones
   * suffice, too; {@code most + 1} if none does. Makes O(log of the distance from {@code first})
   * tries.
   */
  private static int lowest(int least, int most, int first, IntPredicate suffices) {
    int low = least - 1;
    int high = most + 1;
    int at = Math.min(first, most);
    for (int step = 1; low < at && at < high; step = Math.min(step * 2, most)) {
      if (suffices.test(at)) {
        high = at;
        at = high - step;
      } else {
        low = at;
        at = low + step;
      }
    }
    while (high - low > 1) {
      int middle = low + (high - low) / 2;
      if (suffices.test(middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /**
   * Returns the latest time at which switching from the normal to the emergency limit still meets
   * the deadline, rounded down to {@link #STEP}. Each second under the normal limit delays the
   * finish by the starts that the emergency limit would have added.
   */
  private Duration latestEmergencyStart(RateLimit ceiling, int workers) {
    if (!isMet(ceiling, workers)) {
      // It takes a named limit that is raised, too: how much later may do is not known.
      return Duration.ZERO;
    }
    Duration spare = request.terms().deadline().minus(outlook.finish(ceiling, workers));
    double lost = 1 - ceiling.secondsPerPermit() / request.limit().secondsPerPermit();
    double latest = Math.max(0, spare.toNanos() / 1e9 / lost + 1e-6);
    double most = request.terms().deadline().toNanos() / 1e9;
    long steps = (long) Math.floor(Math.min(latest, most) * 1_000 / STEP.toMillis());
    return STEP.multipliedBy(steps);
  }
}
