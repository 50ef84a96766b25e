package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.scaling.ScalingDecision.Reason;

/**
 * Decides as another policy does, or for more if that policy would do so with the forecast events
 * already waiting: an emergency begins earlier and lower, and workers are ready.
 *
 * <p>A forecast only adds: with an empty forecast or none, the decision is the other policy's. It
 * does not raise the limit while nothing waits, since a faster one would start nothing.
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

  /** Returns the reason; a forecast does not hide a problem that is already known. */
  private static Reason reason(ScalingDecision now) {
    return switch (now.reason()) {
      case DEADLINE_UNSURE, DEADLINE_OUT_OF_REACH, KEYS_NOT_KNOWN -> now.reason();
      default -> Reason.ARRIVALS_FORECAST;
    };
  }
}
