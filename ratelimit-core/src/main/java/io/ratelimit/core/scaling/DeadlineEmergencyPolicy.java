package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.RateLimit;

/**
 * Raises the limit when the normal one would miss the deadline, and sees to it that a tight
 * deadline is not missed for want of workers.
 *
 * <ul>
 *   <li>The projection at the normal limit misses the deadline: the limit is raised at once to the
 *       lowest that meets it, the processing of the last event included, and never above the
 *       emergency limit. 108 events of 10 s in 3 minutes need 107 intervals in 170 s: 38/min.
 *   <li>It is computed anew each time from what is really left. A raised limit is raised further
 *       when that is needed, and given up when the normal one meets the deadline even after the
 *       pause of up to one window that going back costs (the starts made at the raised limit
 *       count).
 *   <li>Where the most workers may be too few for that limit, none lower than the emergency limit
 *       is known to suffice, and it is used.
 *   <li>Even the emergency limit misses the deadline: it is used all the same, and the decision
 *       says so from the start.
 *   <li>While less than a cushion is left between the projected finish and the deadline, there are
 *       as many workers as the limit can feed with the longest events, so that the limit is the
 *       only thing that holds the work back.
 * </ul>
 *
 * <p>Without an {@linkplain ScalingInput#emergencyLimit() emergency limit}, only the last rule
 * applies.
 */
final class DeadlineEmergencyPolicy implements ScalingPolicy {

  private static final double CUSHION_IN_LONGEST = 2;
  private static final double CUSHION_SECONDS = 3;

  /** Where even the fastest limit is more likely late than not, speed is all that is left. */
  private static final double HOPELESS = 0.5;

  /** What a faster limit must improve the risk by, where none meets the confidence. */
  private static final double WORTHWHILE = 1.25;

  /** A raised limit is kept until the risk is so many times what was allowed for it. */
  private static final double TOLERANCE = 4;

  /** A raised limit is lowered to one that is at most this part of it. */
  private static final double LOWER_STEP = 0.85;

  private final ScalingPolicy inner;

  /**
   * Creates the policy around another one.
   *
   * @param inner decides while the deadline is safe
   */
  DeadlineEmergencyPolicy(ScalingPolicy inner) {
    this.inner = requireNonNull(inner, "inner");
  }

  @Override
  public ScalingDecision decide(ScalingInput input) {
    if (input.isIdle()) {
      return inner.decide(input);
    }
    Demand demand = Demand.of(input);
    RateLimit limit = limit(demand, input);
    if (limit.isFasterThan(input.normalLimit())) {
      ScalingDecision raised =
          DemandPolicy.decideAt(limit, Mode.EMERGENCY, workers(limit, demand, input), demand, input);
      return raised.withWorkers(
          raised.workers(), Constraint.RATE, reason(raised, Reason.DEADLINE_IN_DANGER, input));
    }
    ScalingDecision calm = inner.decide(input);
    double cushion = CUSHION_IN_LONGEST * input.waiting().longestSeconds() + CUSHION_SECONDS;
    double finish = Workload.seconds(calm.projectedFinish());
    int useful = workers(limit, demand, input);
    if (useful <= calm.workers() || finish + cushion <= Workload.seconds(input.timeLeft())) {
      return calm.withWorkers(
          calm.workers(), calm.constraint(), reason(calm, calm.reason(), input));
    }
    // Little more than the deadline is left: then only the limit may hold the work back.
    int most = input.workers().clamp(useful);
    ScalingDecision more =
        calm.withWorkers(useful, calm.constraint(), calm.reason())
            .withProjection(
                Seconds.toDuration(demand.finishSeconds(limit, most)),
                demand.confidence(limit, most));
    return more.withWorkers(useful, more.constraint(), reason(more, more.reason(), input));
  }

  /** As many as the limit can feed, and more where they are slower than expected. */
  private static int workers(RateLimit limit, Demand demand, ScalingInput input) {
    int useful = demand.usefulWorkers(limit);
    int active = input.activeWorkers();
    return input.lacksWorkers() ? Math.max(useful, active + 1 + active / 2) : useful;
  }

  private static RateLimit limit(Demand demand, ScalingInput input) {
    RateLimit normal = input.normalLimit();
    boolean inEmergency = input.limitInForce().isFasterThan(normal);
    if (input.emergencyLimit().isEmpty()
        || !input.emergencyLimit().get().isFasterThan(normal)
        || input.emergencyLimit().get().permits() < input.waiting().heaviest()
        || (input.waiting().isEmpty() && !inEmergency)) {
      return normal;
    }
    RateLimit most = input.emergencyLimit().get();
    RateLimit held = inEmergency ? slower(input.limitInForce(), most) : normal;
    int workers = input.workers().max();
    double best = demand.risk(most, workers);
    double allowed = Math.max(input.confidence().risk(), Math.min(1, best * WORTHWHILE));
    RateLimit lowest;
    if (best >= HOPELESS) {
      lowest = input.waiting().isEmpty() ? normal : demand.lowestAsFastAs(most, workers);
    } else if (demand.risk(normal, workers) <= allowed) {
      return normal;
    } else {
      lowest = demand.lowestLimit(most, workers, allowed).orElse(most);
      double kept = Math.min(allowed * TOLERANCE, (1 + allowed) / 2);
      if (inEmergency
          && demand.risk(held, workers) <= kept
          && lowest.perMinute() > held.perMinute() * LOWER_STEP) {
        return held;
      }
    }
    boolean inVain = input.lacksWorkers() && input.activeWorkers() >= workers;
    RateLimit chosen = inVain ? slower(lowest, held) : lowest;
    return chosen.isFasterThan(normal) ? chosen : normal;
  }

  private static RateLimit slower(RateLimit one, RateLimit other) {
    return one.isFasterThan(other) ? other : one;
  }

  private static Reason reason(ScalingDecision decision, Reason otherwise, ScalingInput input) {
    double risk = 1 - decision.confidence();
    if (risk >= HOPELESS) {
      return Reason.DEADLINE_OUT_OF_REACH;
    }
    return risk > input.confidence().risk() * TOLERANCE ? Reason.DEADLINE_UNSURE : otherwise;
  }
}
