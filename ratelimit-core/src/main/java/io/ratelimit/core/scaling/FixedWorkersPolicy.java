package io.ratelimit.core.scaling;

import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;

/** Always wants the same number of workers, at the normal limit. */
final class FixedWorkersPolicy implements ScalingPolicy {

  private final int workers;

  /**
   * Creates the policy.
   *
   * @param workers at least 1
   * @throws IllegalArgumentException if the number is below 1
   */
  FixedWorkersPolicy(int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1 but are " + workers);
    }
    this.workers = workers;
  }

  @Override
  public ScalingDecision decide(ScalingInput input) {
    ScalingDecision demand =
        DemandPolicy.decideAt(input.normalLimit(), Mode.NORMAL, 0, Outlook.of(input), input);
    Constraint constraint =
        input.isIdle()
            ? Constraint.WORK
            : workers < Math.min(demand.requiredWorkers(), demand.rateLimitedWorkers())
                ? Constraint.WORKERS
                : demand.constraint();
    return demand.withWorkers(workers, constraint, Reason.FIXED);
  }
}
