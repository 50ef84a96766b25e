package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Reason;

/** Keeps the decision of another policy within the worker range. Use it as the outermost policy. */
final class ClampPolicy implements ScalingPolicy {

  private final ScalingPolicy inner;

  /** Creates the policy around another one. */
  ClampPolicy(ScalingPolicy inner) {
    this.inner = requireNonNull(inner, "inner");
  }

  @Override
  public ScalingDecision decide(ScalingInput input) {
    ScalingDecision decision = inner.decide(input);
    int clamped = input.workers().clamp(decision.workers());
    if (clamped == decision.workers()) {
      return decision;
    }
    // More workers would not help if a named limit holds the work back more than they do.
    return clamped < decision.workers() && decision.binding().isEmpty()
        ? decision.withWorkers(clamped, Constraint.WORKERS, worse(decision.reason()))
        : decision.withWorkers(clamped, decision.constraint(), decision.reason());
  }

  private static Reason worse(Reason reason) {
    return reason == Reason.ENOUGH_FOR_DEADLINE || reason == Reason.LIMIT_IS_BOTTLENECK
        ? Reason.WORKERS_ARE_BOTTLENECK
        : reason;
  }
}
