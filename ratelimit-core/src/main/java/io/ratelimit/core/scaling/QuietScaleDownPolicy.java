package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Scales up at once, and down only after fewer workers have sufficed for an uninterrupted quiet
 * time. A number of workers that goes up and down costs more than a few idle ones.
 *
 * <p>Fewer do not suffice while something waits and more events are in progress than there would be
 * workers: the events in progress, which may take longer, would delay the waiting ones.
 */
final class QuietScaleDownPolicy implements ScalingPolicy {

  private final ScalingPolicy inner;
  private final Duration quietTime;

  /**
   * Creates the policy around another one.
   *
   * @param quietTime 0 or more; 0 takes workers away at once
   * @throws IllegalArgumentException if the quiet time is negative
   */
  QuietScaleDownPolicy(ScalingPolicy inner, Duration quietTime) {
    this.inner = requireNonNull(inner, "inner");
    this.quietTime = Requirements.notNegative("quiet time", quietTime);
  }

  @Override
  public ScalingDecision decide(ScalingInput input) {
    ScalingDecision wanted = inner.decide(input);
    Optional<ScalingDecision> previous = input.previous();
    // Below the minimum, there is nothing to take away, so nothing to wait for.
    int fewest = input.workers().clamp(wanted.workers());
    if (previous.isEmpty() || fewest >= previous.get().workers()) {
      return wanted;
    }
    boolean heldUp = !input.waiting().isEmpty() && input.inFlight() > fewest;
    Instant since = heldUp ? input.now() : previous.get().fewerSince().orElse(input.now());
    if (!heldUp && Duration.between(since, input.now()).compareTo(quietTime) >= 0) {
      return wanted;
    }
    // Any other change of the decision has a better reason.
    boolean onlyWorkers =
        wanted.limit().equals(previous.get().limit())
            && wanted.mode() == Mode.NORMAL
            && wanted.reason() != Reason.DEADLINE_UNSURE
            && wanted.reason() != Reason.DEADLINE_OUT_OF_REACH;
    return wanted
        .withWorkers(
            previous.get().workers(),
            wanted.constraint(),
            onlyWorkers ? Reason.WAITING_FOR_QUIET : wanted.reason())
        .withFewerSince(Optional.of(since));
  }
}
