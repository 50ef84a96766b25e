package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;

/**
 * Wants the fewest workers, at the normal limit, when nothing waits or runs; otherwise decides as
 * another policy.
 */
final class IdlePolicy implements ScalingPolicy {

  private final ScalingPolicy busy;

  /**
   * Creates the policy.
   *
   * @param busy the policy that decides while there is work
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
