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
public final class DeadlineEmergencyPolicy implements ScalingPolicy {

  private static final double CUSHION_IN_LONGEST = 2;
  private static final double CUSHION_SECONDS = 3;

  /** Seconds by which sums of doubles may be off. */
  private static final double INEXACT = 1e-6;

  private final ScalingPolicy inner;

  /**
   * Creates the policy around another one.
   *
   * @param inner decides while the deadline is safe
   */
  public DeadlineEmergencyPolicy(ScalingPolicy inner) {
    this.inner = requireNonNull(inner, "inner");
  }

  @Override
  public ScalingDecision decide(ScalingInput input) {
    ScalingDecision calm = inner.decide(input);
    if (input.waiting().isEmpty()) {
      return calm;
    }
    Projection projection = new Projection(input);
    RateLimit limit = limit(projection, input);
    boolean raised = limit.isFasterThan(input.normalLimit());
    ScalingDecision base = raised ? DemandPolicy.decideAt(limit, Mode.EMERGENCY, input) : calm;
    double left = Workload.seconds(input.timeLeft());
    int workers = base.workers();
    if (raised || finish(limit, workers, projection, input) + cushion(input) > left) {
      workers = Math.max(workers, useful(limit, input));
    }
    double finish = finish(limit, workers, projection, input);
    return base.withWorkers(
            workers,
            raised ? Constraint.RATE : base.constraint(),
            reason(base, raised, lowerBound(limit, workers, projection, input) > left))
        .withProjectedFinish(Seconds.toDuration(finish));
  }

  private static RateLimit limit(Projection projection, ScalingInput input) {
    RateLimit normal = input.normalLimit();
    if (input.emergencyLimit().isEmpty() || !input.emergencyLimit().get().isFasterThan(normal)) {
      return normal;
    }
    RateLimit most = input.emergencyLimit().get();
    boolean inEmergency = input.limitInForce().isFasterThan(normal);
    double goingBack = inEmergency ? Workload.seconds(normal.window()) : 0;
    double left = Workload.seconds(input.timeLeft());
    if (latestFinish(normal, projection, input) + goingBack <= left + INEXACT) {
      return normal;
    }
    RateLimit needed = most.withPermits(Math.min(most.permits(), projection.permitsNeeded(most)));
    RateLimit lowest = workersSuffice(needed, input) ? needed : most;
    RateLimit held = inEmergency ? slower(input.limitInForce(), most) : normal;
    return held.isFasterThan(lowest) ? held : lowest;
  }

  /** When the work is done at the latest with the most workers, in whatever order it comes. */
  private static double latestFinish(RateLimit limit, Projection projection, ScalingInput input) {
    double atRate = projection.finishAtRate(limit);
    // Where workers may be lacking, at each moment all are busy or the limit holds the work back:
    // no longer than the one and the other together.
    return workersSuffice(limit, input)
        ? atRate
        : atRate + projection.workSeconds() / input.workers().max();
  }

  /** Whether the limit is all that holds the work back with the most workers. */
  private static boolean workersSuffice(RateLimit limit, ScalingInput input) {
    return useful(limit, input) <= input.workers().max();
  }

  private static RateLimit slower(RateLimit one, RateLimit other) {
    return one.isFasterThan(other) ? other : one;
  }

  private static double cushion(ScalingInput input) {
    return CUSHION_IN_LONGEST * input.waiting().longestSeconds() + CUSHION_SECONDS;
  }

  /**
   * How many workers the limit can feed if they only get the longest events that wait. Those that
   * are there already may be busy with longer ones that were taken before: as many of them stay as
   * leave the others free.
   */
  private static int useful(RateLimit limit, ScalingInput input) {
    double each = input.waiting().longestSeconds() * input.expectations().meanTimeFactor();
    long atOnce = DemandPolicy.rateLimited(limit, each) + limit.burst() - 1L;
    long useful = Math.min(atOnce, input.waiting().events());
    long besideThoseInFlight = Math.min(useful + input.inFlight(), input.activeWorkers());
    return (int) Math.max(useful, besideThoseInFlight);
  }

  private static double finish(
      RateLimit limit, int workers, Projection projection, ScalingInput input) {
    return Math.max(
        projection.finishAtRate(limit),
        projection.finishWithWorkers(input.workers().clamp(workers)));
  }

  /** What no order of the events can undercut, unlike the projected finish. */
  private static double lowerBound(
      RateLimit limit, int workers, Projection projection, ScalingInput input) {
    double work = projection.workSeconds() / input.workers().clamp(workers);
    return Math.max(projection.finishAtRate(limit), work) - INEXACT;
  }

  private static Reason reason(ScalingDecision base, boolean raised, boolean outOfReach) {
    if (outOfReach) {
      return Reason.DEADLINE_OUT_OF_REACH;
    }
    return raised ? Reason.DEADLINE_IN_DANGER : base.reason();
  }
}
