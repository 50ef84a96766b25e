package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.RateLimit;
import java.util.List;
import java.util.Map;

/**
 * Raises the limit when the normal one would not meet the deadline with the confidence, and sees to
 * it that a tight deadline is not missed for want of workers.
 *
 * <ul>
 *   <li>The normal limit does not meet it: the limit is raised at once to the lowest that does, and
 *       never above the emergency limit. 108 events of 10 s in 3 minutes need 107 intervals in 170
 *       s: 38/min.
 *   <li>A raised limit is kept while the risk is no more than 4 times what was allowed for it: the
 *       luck of a round goes up and down, and a risk that was allowed once is no greater for being
 *       looked at again (the risk of keeping a limit to the end is a martingale). It is lowered to
 *       one that meets the deadline if that is at least 15 % lower, and given up when the normal
 *       one meets it, the time included until the window has room for it.
 *   <li>Where the most workers may be too few for that limit, none lower than the emergency limit
 *       is known to suffice, and it is used.
 *   <li>Not even the emergency limit meets the confidence: the lowest is used whose risk is about
 *       as low. If the deadline is more likely missed than met, the emergency limit is used, unless
 *       workers are so few that it would be of no use. The decision says so from the start.
 *   <li>No limit is raised further while all workers are busy and permits go unused.
 *   <li>Named limits are raised first where one of them holds the work back most: it to the lowest
 *       windows that meet the deadline, up to its ceiling. Where they miss the deadline whatever
 *       the queue's own limit is, that is raised no further than it would be without them, and only
 *       for work that {@linkplain ScalingInput#ownTimeLeft they do not hold back}.
 *   <li>While less than a cushion is left between the projected finish and the deadline, there are
 *       as many workers as the limit can feed with the longest events, so that the limit is the
 *       only thing that holds the work back.
 * </ul>
 *
 * <p>Without an {@linkplain ScalingInput#emergencyLimit() emergency limit}, or with one that has no
 * room for the heaviest event that waits, only the last rule applies.
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

  /**
   * A raised limit is raised by at least this part more: whatever keeps it from being used up would
   * otherwise be answered again and again by one more.
   */
  private static final double HIGHER_STEP = 1.08;

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
    Map<String, List<RateLimit>> raised = NamedRaise.of(input);
    return decideUnder(NamedRaise.under(input, raised), !raised.isEmpty()).raising(raised);
  }

  /**
   * Decides on the queue's own limit.
   *
   * @param input with the windows that named limits are to have
   * @param isRaised whether some of these are raised
   */
  private ScalingDecision decideUnder(ScalingInput input, boolean isRaised) {
    Outlook outlook = Outlook.of(input);
    // Where named limits miss the deadline by themselves, this one is not raised in vain.
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
    // Little more than the deadline is left: then only the limit may hold the work back.
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

  /** As many as the limit can feed, and more where they are slower than expected. */
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

  /** Returns the limit, or a faster one up to the most that allows so many a minute. */
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
