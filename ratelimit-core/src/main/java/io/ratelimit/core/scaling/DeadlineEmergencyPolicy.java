package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import java.util.List;
import java.util.Map;

/**
 * Raises the limit when the normal one would not meet the deadline with the confidence, and
 * provides enough workers when the deadline is tight.
 *
 * <ul>
 *   <li>The normal limit does not meet it: the limit is raised at once to the lowest that does, and
 *       never above the emergency limit. 108 events of 10 s in 3 minutes need 107 intervals in 170
 *       s: 38/min.
 *   <li>A raised limit is kept while the risk is at most 4 times the allowed one: the luck of a
 *       round fluctuates, and checking an accepted risk again does not increase it (the risk of
 *       keeping a limit to the end is a martingale). It is lowered to a limit that meets the
 *       deadline if that is at least 15% lower, and ends when the normal limit meets the deadline,
 *       including the time until its window has room.
 *   <li>If the maximum number of workers may be too small for that limit, no limit below the
 *       emergency limit is known to suffice, so that one is used.
 *   <li>If not even the emergency limit meets the confidence, the lowest limit with about the same
 *       risk is used. If the deadline is more likely missed than met, the emergency limit is used,
 *       unless there are too few workers for it to help. The decision says so from the start.
 *   <li>No limit is raised further while all workers are busy and permits remain unused.
 *   <li>If a named limit holds the work back most, it is raised first, to the lowest windows that
 *       meet the deadline, up to its ceiling. If named limits miss the deadline whatever the
 *       queue's own limit, that one is raised no further than without them, and only for work that
 *       {@linkplain ScalingInput#ownTimeLeft they do not hold back}.
 *   <li>While less than a cushion is left between the projected finish and the deadline, there are
 *       as many workers as the limit can feed with the longest events, so that only the limit holds
 *       the work back.
 * </ul>
 *
 * <p>Without an {@linkplain ScalingInput#emergencyLimit() emergency limit}, or with one that has no
 * room for the heaviest waiting event, only the last rule applies.
 */
final class DeadlineEmergencyPolicy implements ScalingPolicy {

  private static final double CUSHION_IN_LONGEST = 2;
  private static final double CUSHION_SECONDS = 3;

  /** If even the fastest limit is more likely late than not, only speed counts. */
  private static final double HOPELESS = 0.5;

  /** The factor by which a faster limit must reduce the risk if none meets the confidence. */
  private static final double WORTHWHILE = 1.25;

  /** A raised limit is kept until the risk is this many times the allowed one. */
  private static final double TOLERANCE = 4;

  /**
   * A raised limit is raised further by at least this factor; otherwise, anything that keeps it
   * from being used up would cause one small raise after another.
   */
  private static final double HIGHER_STEP = 1.08;

  /** A raised limit is lowered only to at most this share of it. */
  private static final double LOWER_STEP = 0.85;

  private final ScalingPolicy inner;

  /**
   * Creates the policy around another one.
   *
   * @param inner the policy that decides while the deadline is safe
   */
  DeadlineEmergencyPolicy(ScalingPolicy inner) {
    this.inner = requireNonNull(inner, "inner");
  }

  @Override
  public ScalingDecision decide(ScalingInput input) {
    if (input.isIdle()) {
      return inner.decide(input);
    }
    Map<String, List<RateLimit>> raised = NamedRaise.of(input);
    return decideUnder(NamedRaise.under(input, raised), !raised.isEmpty()).raising(raised);
  }

  /**
   * Decides on the queue's own limit.
   *
   * @param input the input, with the wanted windows of named limits
   * @param isRaised whether some of them are raised
   */
  private ScalingDecision decideUnder(ScalingInput input, boolean isRaised) {
    Outlook outlook = Outlook.of(input);
    // If named limits alone miss the deadline, raising this one would be in vain.
    RateLimit limit =
        outlook.namedLimitsMiss() ? ownLimit(input.withoutNamedLimits()) : limit(outlook, input);
    if (limit.isFasterThan(input.normalLimit())) {
      ScalingDecision raised =
          DemandPolicy.decideAt(
              limit, Mode.EMERGENCY, workers(limit, outlook, input), outlook, input);
      return raised.withWorkers(
          raised.workers(),
          Constraint.RATE,
          reason(raised, Reason.DEADLINE_IN_DANGER, outlook, input));
    }
    ScalingDecision calm = inner.decide(input);
    double cushion = CUSHION_IN_LONGEST * input.waiting().longestSeconds() + CUSHION_SECONDS;
    double finish = Workload.seconds(calm.projectedFinish());
    int useful = workers(limit, outlook, input);
    if (useful <= calm.workers() || finish + cushion <= Workload.seconds(input.timeLeft())) {
      Reason usual = isRaised ? Reason.DEADLINE_IN_DANGER : calm.reason();
      return calm.withWorkers(
          calm.workers(), calm.constraint(), reason(calm, usual, outlook, input));
    }
    // The finish is close to the deadline, so only the limit may hold the work back.
    int most = input.workers().clamp(useful);
    ScalingDecision more =
        calm.withWorkers(useful, calm.constraint(), calm.reason())
            .withProjection(
                Seconds.toDuration(outlook.finishSeconds(limit, most)),
                outlook.confidence(limit, most));
    Reason usual = isRaised ? Reason.DEADLINE_IN_DANGER : more.reason();
    return more.withWorkers(useful, more.constraint(), reason(more, usual, outlook, input));
  }

  private static RateLimit ownLimit(ScalingInput own) {
    return limit(Outlook.of(own), own);
  }

  /** Returns as many workers as the limit can feed, and more if they are slower than expected. */
  private static int workers(RateLimit limit, Outlook outlook, ScalingInput input) {
    int useful = outlook.usefulWorkers(limit);
    int active = input.activeWorkers();
    return input.lacksWorkers() ? Math.max(useful, active + 1 + active / 2) : useful;
  }

  private static RateLimit limit(Outlook outlook, ScalingInput input) {
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
    double best = outlook.risk(most, workers);
    double allowed = Math.max(input.confidence().risk(), Math.min(1, best * WORTHWHILE));
    RateLimit lowest;
    if (best >= HOPELESS) {
      boolean useless =
          inEmergency ? input.waiting().isEmpty() : outlook.workersAreTooFew(normal, workers);
      lowest = useless ? normal : most;
    } else if (outlook.risk(normal, workers) <= allowed) {
      return normal;
    } else {
      RateLimit needed = outlook.lowestLimit(most, workers, allowed).orElse(most);
      lowest = outlook.workersSuffice(needed, workers) ? needed : most;
      double kept = Math.min(allowed * TOLERANCE, (1 + allowed) / 2);
      if (inEmergency
          && outlook.risk(held, workers) <= kept
          && lowest.perMinute() > held.perMinute() * LOWER_STEP) {
        return held;
      }
      if (inEmergency && lowest.isFasterThan(held)) {
        lowest = atLeast(held.perMinute() * HIGHER_STEP, lowest, most);
      }
    }
    boolean inVain = input.lacksWorkers() && input.activeWorkers() >= workers;
    RateLimit chosen = inVain ? slower(lowest, held) : lowest;
    return chosen.isFasterThan(normal) ? chosen : normal;
  }

  /** Returns the limit, or a faster one that allows this many per minute, up to a maximum. */
  private static RateLimit atLeast(double perMinute, RateLimit limit, RateLimit most) {
    double permits = Math.ceil(limit.permits() * perMinute / limit.perMinute());
    return permits <= limit.permits()
        ? limit
        : permits >= most.permits() ? most : most.withPermits((int) permits);
  }

  private static RateLimit slower(RateLimit one, RateLimit other) {
    return one.isFasterThan(other) ? other : one;
  }

  private static Reason reason(
      ScalingDecision decision, Reason otherwise, Outlook outlook, ScalingInput input) {
    double risk = 1 - decision.confidence();
    if (risk >= HOPELESS) {
      return Reason.DEADLINE_OUT_OF_REACH;
    }
    if (risk > input.confidence().risk() * TOLERANCE) {
      return Reason.DEADLINE_UNSURE;
    }
    return outlook.knowsKeys() ? otherwise : Reason.KEYS_NOT_KNOWN;
  }
}
