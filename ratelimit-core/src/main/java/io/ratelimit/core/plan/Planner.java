package io.ratelimit.core.plan;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.Constraint;
import io.ratelimit.core.scaling.Outlook;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingInput;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Answers how probable it is that a backlog is done before its deadline, and what it would take:
 * the feasibility planner.
 *
 * <p>Pure: no clock, no state. Where nothing is left to chance and there are at most {@value
 * #EXACT} attempts, they are scheduled one by one, and the answer is exact. Else it is a closed
 * form, the same as that of the policies: O(runs).
 */
public final class Planner {

  /** Up to so many attempts are scheduled one by one. */
  static final int EXACT = 2_000;

  private static final Confidence MEDIAN = new Confidence(0.5);
  private static final Duration STEP = Duration.ofMillis(100);

  /** As many workers as that are never the bottleneck. */
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
  private final Outlook median;
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
            .withConfidence(request.terms().confidence());
    this.outlook = Outlook.of(input);
    this.median = Outlook.of(input.withConfidence(MEDIAN));
    double expected =
        request.backlog().events() * request.terms().expectations().attemptsPerEvent();
    this.attempts =
        expected <= EXACT
            ? Optional.of(Attempts.of(request.backlog(), request.terms().expectations()))
            : Optional.empty();
    this.certain = attempts.isPresent() && request.terms().expectations().areCertain();
  }

  private Plan plan() {
    ScalingDecision decision = ScalingPolicy.demand().decide(input);
    RateLimit limit = request.limit();
    RateLimit ceiling = request.fastest();
    int most = request.terms().workers().max();
    Schedule atLimit = schedule(limit, most);
    Schedule atCeiling = schedule(ceiling, most);
    Optional<RateLimit> needed = neededLimit();
    int neededWorkers = needed.map(this::neededWorkers).orElse(0);
    boolean feasible = isMet(limit, most);
    boolean feasibleAtCeiling = isMet(ceiling, most);
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
        confidence(ceiling, most),
        atCeiling.finish(),
        !feasible && feasibleAtCeiling
            ? Optional.of(latestEmergencyStart(ceiling, most))
            : Optional.empty(),
        atCeiling.late(),
        feasible
            ? Constraint.WORK
            : isMet(limit, UNBOUNDED) ? Constraint.WORKERS : Constraint.RATE);
  }

  private boolean isMet(RateLimit limit, int workers) {
    return confidence(limit, workers) >= request.terms().confidence().share();
  }

  private double confidence(RateLimit limit, int workers) {
    if (certain) {
      return schedule(limit, workers).meetsDeadline() ? 1 : 0;
    }
    return outlook.confidence(limit, workers);
  }

  /** What is expected to happen. */
  private Schedule schedule(RateLimit limit, int workers) {
    return attempts.isPresent()
        ? Schedule.of(attempts.get(), limit, workers, request.terms().deadline())
        : Schedule.estimated(median, limit, workers);
  }

  private Optional<RateLimit> neededLimit() {
    int least = request.backlog().heaviest();
    int permits =
        lowest(least, RateLimit.MAX_PERMITS, n -> isMet(request.limit().withPermits(n), UNBOUNDED));
    return permits > RateLimit.MAX_PERMITS
        ? Optional.empty()
        : Optional.of(request.limit().withPermits(permits));
  }

  private int neededWorkers(RateLimit limit) {
    int most = (int) Math.min(Backlog.MAX_EVENTS, request.backlog().events());
    return Math.min(most, lowest(1, most, n -> isMet(limit, n)));
  }

  /**
   * The lowest number from {@code least} to {@code most} that suffices, where any higher one does
   * too; {@code most + 1} if none does. Doubles first, since a try may cost more the higher the
   * answer is.
   */
  private static int lowest(int least, int most, IntPredicate suffices) {
    int tooLow = least - 1;
    int high = least;
    while (high < most && !suffices.test(high)) {
      tooLow = high;
      high = Math.min(most, high * 2);
    }
    if (high == most && !suffices.test(most)) {
      return most + 1;
    }
    while (high - tooLow > 1) {
      int middle = tooLow + (high - tooLow) / 2;
      if (suffices.test(middle)) {
        high = middle;
      } else {
        tooLow = middle;
      }
    }
    return high;
  }

  /**
   * The latest time at which going from the normal to the emergency limit still meets the deadline,
   * to the nearest {@link #STEP} before it. Each second that the normal limit holds delays the
   * finish by what it starts less than the emergency limit would.
   */
  private Duration latestEmergencyStart(RateLimit ceiling, int workers) {
    Duration spare = request.terms().deadline().minus(outlook.finish(ceiling, workers));
    double lost = 1 - ceiling.secondsPerPermit() / request.limit().secondsPerPermit();
    double latest = Math.max(0, spare.toNanos() / 1e9 / lost + 1e-6);
    double most = request.terms().deadline().toNanos() / 1e9;
    long steps = (long) Math.floor(Math.min(latest, most) * 1_000 / STEP.toMillis());
    return STEP.multipliedBy(steps);
  }
}
