package io.ratelimit.core.scaling;

import java.time.Duration;

/**
 * Decides how many workers a situation calls for, and which limit.
 *
 * <p>A policy is a pure function: the same input gives the same decision, and it reads no clock and
 * keeps no state, so that a Temporal workflow may replay it. What it must remember travels in the
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
   * The policy of this library: {@linkplain DemandPolicy demand}, {@linkplain
   * DeadlineEmergencyPolicy emergency}, {@linkplain IdlePolicy the minimum when idle}, {@linkplain
   * QuietScaleDownPolicy scale-down after 10 quiet seconds}, and {@linkplain ClampPolicy the worker
   * range} last.
   */
  static ScalingPolicy standard() {
    return new ClampPolicy(
        new QuietScaleDownPolicy(
            new IdlePolicy(new DeadlineEmergencyPolicy(new DemandPolicy())), DEFAULT_QUIET_TIME));
  }

  /**
   * Always the same number of workers within the range, at the normal limit.
   *
   * @throws IllegalArgumentException if the number is below 1
   */
  static ScalingPolicy fixed(int workers) {
    return new ClampPolicy(new FixedWorkersPolicy(workers));
  }
}
