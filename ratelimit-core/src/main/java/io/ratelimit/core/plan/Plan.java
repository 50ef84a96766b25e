package io.ratelimit.core.plan;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Constraint;
import java.time.Duration;
import java.util.Optional;

/**
 * What a backlog takes, and whether it can be done in time. All times count from the start.
 *
 * @param request what was planned
 * @param requiredWorkers the workers that the work needs to be done in time, whatever the limit
 * @param rateLimitedWorkers the workers that the limit can feed
 * @param optimalWorkers the smaller of the two, within the worker range
 * @param feasibleAtLimit whether the work is done in time at the normal limit with the most workers
 * @param lastStart when the last attempt starts, at the normal limit with the most workers
 * @param finish when the last attempt ends, at the normal limit with the most workers
 * @param neededLimit the lowest limit that meets the deadline, processing of the last event
 *     included, if enough workers are there; empty: none does
 * @param neededWorkers the fewest workers that meet the deadline at that limit; 0 without one
 * @param feasibleWithEmergency whether the work is done in time at the emergency limit from the
 *     start, or at the normal limit where there is none, with the most workers
 * @param emergencyFinish when the last attempt ends then
 * @param latestEmergencyStart when the limit must be raised to the emergency limit at the latest;
 *     empty: it need not be, or it would not help
 * @param shortfall how many attempts are not done at the deadline even then
 * @param bottleneck what keeps the work from being done in time at the normal limit; {@link
 *     Constraint#WORK} where it is done in time
 */
public record Plan(
    PlanRequest request,
    int requiredWorkers,
    int rateLimitedWorkers,
    int optimalWorkers,
    boolean feasibleAtLimit,
    Duration lastStart,
    Duration finish,
    Optional<RateLimit> neededLimit,
    int neededWorkers,
    boolean feasibleWithEmergency,
    Duration emergencyFinish,
    Optional<Duration> latestEmergencyStart,
    long shortfall,
    Constraint bottleneck) {}
