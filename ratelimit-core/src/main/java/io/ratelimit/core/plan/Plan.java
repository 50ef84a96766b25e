package io.ratelimit.core.plan;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Constraint;
import java.time.Duration;
import java.util.Optional;

/**
 * What a backlog takes, and how probable it is that it is done in time. All times count from the
 * start. What is feasible meets the deadline with the confidence that was asked for.
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
 * @param confidenceWithEmergency how probable that is: the most that can be had
 * @param emergencyFinish when the last attempt is expected to end then
 * @param latestEmergencyStart when the limit must be raised to the emergency limit at the latest;
 *     empty: it need not be, or it would not help
 * @param shortfall how many attempts are expected not to be done at the deadline even then
 * @param bottleneck what keeps the work from being done in time at the normal limit; {@link
 *     Constraint#WORK} where it is done in time
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
    Constraint bottleneck) {}
