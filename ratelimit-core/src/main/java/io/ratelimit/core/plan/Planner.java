package io.ratelimit.core.plan;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Constraint;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingInput;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Answers whether a backlog can be done before its deadline, and what it would take: the
 * feasibility planner.
 *
 * <p>Pure: no clock, no state. The answer is exact for events that take as long as expected, and an
 * expectation where some fail or are slow. O(attempts × log attempts).
 */
public final class Planner {

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

  private static final Duration STEP = Duration.ofMillis(100);

  private final PlanRequest request;
  private final Attempts attempts;

  private Planner(PlanRequest request) {
    this.request = request;
    this.attempts = Attempts.of(request.backlog(), request.expectations());
  }

  private Plan plan() {
    ScalingInput input =
        ScalingInput.of(
                Instant.EPOCH,
                request.backlog().workload(),
                request.deadline(),
                request.limit(),
                request.workers())
            .withExpectations(request.expectations());
    ScalingDecision demand = ScalingPolicy.demand().decide(input);
    Schedule atLimit = schedule(request.limit(), request.workers().max());
    RateLimit ceiling = request.emergencyLimit().orElse(request.limit());
    Schedule atCeiling = schedule(ceiling, request.workers().max());
    Optional<RateLimit> needed = neededLimit();
    return new Plan(
        request,
        demand.requiredWorkers(),
        demand.rateLimitedWorkers(),
        request.workers().clamp(demand.workers()),
        atLimit.meetsDeadline(),
        atLimit.lastStart(),
        atLimit.finish(),
        needed,
        needed.map(this::neededWorkers).orElse(0),
        atCeiling.meetsDeadline(),
        atCeiling.finish(),
        !atLimit.meetsDeadline() && atCeiling.meetsDeadline()
            ? Optional.of(latestEmergencyStart(ceiling))
            : Optional.empty(),
        atCeiling.late(),
        bottleneck(atLimit));
  }

  private Schedule schedule(RateLimit limit, int workers) {
    return Schedule.of(attempts, limit, workers, request.deadline());
  }

  private Constraint bottleneck(Schedule atLimit) {
    if (atLimit.meetsDeadline()) {
      return Constraint.WORK;
    }
    return schedule(request.limit(), attempts.size()).meetsDeadline()
        ? Constraint.WORKERS
        : Constraint.RATE;
  }

  private Optional<RateLimit> neededLimit() {
    int permits =
        lowest(
            RateLimit.MAX_PERMITS,
            n -> schedule(request.limit().withPermits(n), attempts.size()).meetsDeadline());
    return permits > RateLimit.MAX_PERMITS
        ? Optional.empty()
        : Optional.of(request.limit().withPermits(permits));
  }

  private int neededWorkers(RateLimit limit) {
    return lowest(attempts.size(), n -> schedule(limit, n).meetsDeadline());
  }

  /**
   * The lowest number from 1 to {@code most} that suffices, where any higher one does too; {@code
   * most + 1} if none does. Doubles first, since a try costs more the higher the answer is.
   */
  private static int lowest(int most, IntPredicate suffices) {
    int tooLow = 0;
    int high = 1;
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
   * to the nearest {@link #STEP} before it. Found among the times at which as many permits remain,
   * counted as a steady flow, as attempts do; a later time could only succeed by the luck of where
   * between two starts it falls.
   */
  private Duration latestEmergencyStart(RateLimit ceiling) {
    int steps = (int) Math.max(1, flowBound(ceiling).dividedBy(STEP));
    int tooLate =
        lowest(
            steps,
            n ->
                !Schedule.of(
                        attempts,
                        request.limit(),
                        STEP.multipliedBy(n),
                        ceiling,
                        request.workers().max(),
                        request.deadline())
                    .meetsDeadline());
    return STEP.multipliedBy(tooLate - 1L);
  }

  /** x such that x at the normal limit and the rest at the ceiling make all intervals fit. */
  private Duration flowBound(RateLimit ceiling) {
    Duration tail = attempts.processingTime(attempts.size() - 1);
    double rest = seconds(request.deadline().minus(tail));
    double slow = 1 / request.limit().secondsPerPermit();
    double fast = 1 / ceiling.secondsPerPermit();
    double bound = (fast * rest - (attempts.size() - 1)) / (fast - slow);
    return Duration.ofMillis((long) Math.floor(Math.min(Math.max(0, bound), rest) * 1_000 + 1e-6));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
