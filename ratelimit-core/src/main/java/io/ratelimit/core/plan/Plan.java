package io.ratelimit.core.plan;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a backlog takes, and the probability that it is done in time. All times count from the
 * start. Feasible means that the deadline is met with the requested confidence.
 *
 * @param request what was planned
 * @param requiredWorkers the workers that the work needs to be done in time, whatever the limit
 * @param rateLimitedWorkers the workers that the limit can feed
 * @param optimalWorkers the smaller of the two, within the worker range
 * @param feasibleAtLimit whether the work is done in time at the normal limit with the most workers
 * @param confidenceAtLimit how probable that is, 0 to 1
 * @param lastStart when the last attempt is expected to start, at the normal limit with the most
 *     workers
 * @param finish when the last attempt is expected to end then
 * @param neededLimit the lowest limit at which it is feasible if enough workers are there; empty:
 *     at none
 * @param neededWorkers the fewest workers with which it is feasible at that limit; 0 without one
 * @param confidenceAtNeeded how probable it is to be in time with both; 0 without one
 * @param feasibleWithEmergency whether the work is done in time at the emergency limit from the
 *     start, or at the normal limit where there is none, with the most workers
 * @param confidenceWithEmergency how probable that is: the highest possible confidence
 * @param emergencyFinish when the last attempt is expected to end then
 * @param latestEmergencyStart the latest time to raise the limit to the emergency limit; empty if
 *     that is not needed or would not help
 * @param shortfall how many attempts are expected to be unfinished at the deadline even then
 * @param bottleneck what keeps the work from being done in time at the normal limit; {@link
 *     Constraint#WORK} where it is done in time
 * @param binding the key of the named limit that does, where the bottleneck is {@link
 *     Constraint#RATE}; empty: it is the queue's own limit
 * @param limits how each limit stands by itself: the queue's own first, then the named ones that
 *     the work is charged in
 */
public record Plan(
    PlanRequest request,
    int requiredWorkers,
    int rateLimitedWorkers,
    int optimalWorkers,
    boolean feasibleAtLimit,
    double confidenceAtLimit,
    Duration lastStart,
    Duration finish,
    Optional<RateLimit> neededLimit,
    int neededWorkers,
    double confidenceAtNeeded,
    boolean feasibleWithEmergency,
    double confidenceWithEmergency,
    Duration emergencyFinish,
    Optional<Duration> latestEmergencyStart,
    long shortfall,
    Constraint bottleneck,
    Optional<LimitKey> binding,
    List<OfLimit> limits) {

  /**
   * What the work asks of one limit, and what it takes if that limit is the only thing that holds
   * it back.
   *
   * @param name the name of a named limit; empty: the queue's own
   * @param windows what it has
   * @param key the key that holds the work back longest, of a named limit
   * @param cost what one attempt at each event costs there together
   * @param finish when the last attempt ends then, with the confidence that was asked for
   * @param needed the lowest windows, each of the same length, with which it is done in time; of a
   *     named limit not below its own; empty: none are
   * @param binds whether this is the limit that holds the work back most
   */
  public record OfLimit(
      Optional<String> name,
      List<RateLimit> windows,
      Optional<LimitKey> key,
      long cost,
      Duration finish,
      Optional<List<RateLimit>> needed,
      boolean binds) {

    /** Copies the windows. */
    public OfLimit {
      windows = List.copyOf(windows);
      needed = needed.map(List::copyOf);
    }
  }

  /** Copies the limits. */
  public Plan {
    limits = List.copyOf(limits);
  }
}
