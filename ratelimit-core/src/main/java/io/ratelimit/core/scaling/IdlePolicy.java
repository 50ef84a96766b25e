package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;

/**
 * The fewest workers at the normal limit when nothing waits and nothing runs; else as another
 * policy says.
 */
final class IdlePolicy implements ScalingPolicy {

  private final ScalingPolicy busy;

  /**
   * Creates the policy.
   *
   * @param busy decides while there is work
   */
  IdlePolicy(ScalingPolicy busy) {
    this.busy = requireNonNull(busy, "busy");
  }

  @Override
  public ScalingDecision decide(ScalingInput input) {
    if (input.isIdle()) {
      return DemandPolicy.decideAt(input.normalLimit(), Mode.NORMAL, 0, Outlook.of(input), input)
          .withWorkers(input.workers().min(), Constraint.WORK, Reason.QUEUE_EMPTY);
    }
    return busy.decide(input);
  }
}
