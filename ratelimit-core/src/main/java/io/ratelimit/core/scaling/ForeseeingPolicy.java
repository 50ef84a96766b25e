package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.scaling.ScalingDecision.Reason;

/**
 * What another policy decides, or more where it would decide so if the events that are forecast to
 * come waited already: an emergency begins earlier and lower, and workers are ready.
 *
 * <p>A forecast only adds: under a forecast of nothing, and without one, the decision is the other
 * policy's. Nor does it raise the limit while nothing waits, when a faster one would start nothing.
 */
final class ForeseeingPolicy implements ScalingPolicy {

  private final ScalingPolicy inner;

  ForeseeingPolicy(ScalingPolicy inner) {
    this.inner = requireNonNull(inner, "inner");
  }

  @Override
  public ScalingDecision decide(ScalingInput input) {
    ScalingDecision now = inner.decide(input);
    if (input.arriving().isEmpty()) {
      return now;
    }
    ScalingDecision then = inner.decide(input.asIfArrived());
    int workers = Math.max(now.workers(), then.workers());
    if (!input.waiting().isEmpty() && then.limit().isFasterThan(now.limit())) {
      return then.withWorkers(workers, then.constraint(), reason(now));
    }
    return workers > now.workers() ? now.withWorkers(workers, now.constraint(), reason(now)) : now;
  }

  /** What is known to go wrong already is not hidden by what is forecast. */
  private static Reason reason(ScalingDecision now) {
    return switch (now.reason()) {
      case DEADLINE_UNSURE, DEADLINE_OUT_OF_REACH, KEYS_NOT_KNOWN -> now.reason();
      default -> Reason.ARRIVALS_FORECAST;
    };
  }
}
