package io.ratelimit.core.scaling;

import java.time.Duration;

/**
 * Decides how many workers and which limit a situation requires.
 *
 * <p>A policy is a pure function: the same input gives the same decision, and it reads no clock and
 * keeps no state, so a Temporal workflow may replay it. It finds what it must remember in the
 * {@linkplain ScalingInput#previous() previous decision}. Policies are composed: most wrap another
 * one and change its decision.
 */
@FunctionalInterface
public interface ScalingPolicy {

  /** How long fewer workers must have sufficed before the standard policy takes some away. */
  Duration DEFAULT_QUIET_TIME = Duration.ofSeconds(10);

  /** Decides. */
  ScalingDecision decide(ScalingInput input);

  /**
   * Returns the standard policy: as many workers as the work needs in time and the limit can feed;
   * a raised limit if the deadline is not met with the confidence; the minimum number of workers
   * when idle; more of both if more work is forecast; fewer workers only after 10 quiet seconds;
   * and the worker range last.
   */
  static ScalingPolicy standard() {
    return demand()
        .raisingForDeadline()
        .fewestWhenIdle()
        .foreseeing()
        .fewerAfter(DEFAULT_QUIET_TIME)
        .withinRange();
  }

  /**
   * As many workers as the work needs to be done in time but no more than the limit can feed, at
   * the normal limit.
   *
   * <pre>
   * eventsPerWorkerPerMinute = 60 s / mean processing time
   * required    = ceil(events / (eventsPerWorkerPerMinute × minutes left))
   * rateLimited = ceil(limit per minute / eventsPerWorkerPerMinute)
   * optimal     = min(required, rateLimited)
   * </pre>
   */
  static ScalingPolicy demand() {
    return new DemandPolicy();
  }

  /**
   * Returns this policy, but if the normal limit does not meet the deadline with the confidence,
   * with the lowest limit that does, and with as many workers as that limit can feed.
   */
  default ScalingPolicy raisingForDeadline() {
    return new DeadlineEmergencyPolicy(this);
  }

  /**
   * Returns this policy, but with the minimum number of workers at the normal limit when there is
   * nothing to do.
   */
  default ScalingPolicy fewestWhenIdle() {
    return new IdlePolicy(this);
  }

  /**
   * Returns this policy, but with as many workers and as high a limit as it would have if what is
   * {@linkplain ScalingInput#arriving() forecast to come} waited already, where that is more. The
   * limit is raised for that only while something waits. Without a forecast it is this policy.
   */
  default ScalingPolicy foreseeing() {
    return new ForeseeingPolicy(this);
  }

  /**
   * Returns this policy, but with fewer workers only when fewer have sufficed for a time without a
   * break.
   *
   * @param quietTime 0 or more; 0 takes workers away at once
   * @throws IllegalArgumentException if the quiet time is negative
   */
  default ScalingPolicy fewerAfter(Duration quietTime) {
    return new QuietScaleDownPolicy(this, quietTime);
  }

  /** Returns this policy, kept within the worker range. Call it last. */
  default ScalingPolicy withinRange() {
    return new ClampPolicy(this);
  }

  /**
   * Always the same number of workers within the range, at the normal limit.
   *
   * @throws IllegalArgumentException if the number is below 1
   */
  static ScalingPolicy fixed(int workers) {
    return new FixedWorkersPolicy(workers).withinRange();
  }
}
