package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Everything that a scaling decision depends on.
 *
 * @param now the time of the decision, by the queue's clock
 * @param waiting the work that waits for a worker or for its retry
 * @param inFlight how many events are being processed, at least 0
 * @param arrivalsPerMinute how many events are being published, at least 0
 * @param timeLeft how long until the deadline; negative once it is past
 * @param normalLimit the limit without an emergency
 * @param limitInForce the limit that holds now
 * @param emergencyLimit the limit that must never be exceeded in an emergency; empty: there is no
 *     emergency
 * @param latestStart when the latest attempt was started, if the queue knows
 * @param workers how many workers there may be
 * @param activeWorkers how many workers there are
 * @param expectations what is expected to go wrong
 * @param previous the decision before this one, if there was one
 */
public record ScalingInput(
    Instant now,
    Workload waiting,
    long inFlight,
    double arrivalsPerMinute,
    Duration timeLeft,
    RateLimit normalLimit,
    RateLimit limitInForce,
    Optional<RateLimit> emergencyLimit,
    Optional<Instant> latestStart,
    WorkerRange workers,
    int activeWorkers,
    Expectations expectations,
    Optional<ScalingDecision> previous) {

  /**
   * Creates an input.
   *
   * @throws IllegalArgumentException if a number is negative or not a number
   */
  public ScalingInput {
    requireNonNull(now, "now");
    requireNonNull(waiting, "waiting");
    requireNonNull(timeLeft, "timeLeft");
    requireNonNull(normalLimit, "normalLimit");
    requireNonNull(limitInForce, "limitInForce");
    requireNonNull(emergencyLimit, "emergencyLimit");
    requireNonNull(latestStart, "latestStart");
    requireNonNull(workers, "workers");
    requireNonNull(expectations, "expectations");
    requireNonNull(previous, "previous");
    if (inFlight < 0 || activeWorkers < 0 || !(arrivalsPerMinute >= 0)) {
      throw new IllegalArgumentException(
          "nothing about a workload is negative, but in flight "
              + inFlight
              + ", workers "
              + activeWorkers
              + ", arrivals per minute "
              + arrivalsPerMinute);
    }
  }

  /**
   * The least that a decision needs: work to be done in a time under a limit, with nothing running
   * and no emergency.
   */
  public static ScalingInput of(
      Instant now, Workload waiting, Duration timeLeft, RateLimit limit, WorkerRange workers) {
    return new ScalingInput(
        now,
        waiting,
        0,
        0,
        timeLeft,
        limit,
        limit,
        Optional.empty(),
        Optional.empty(),
        workers,
        0,
        Expectations.NONE,
        Optional.empty());
  }

  /** This input with an emergency limit. */
  public ScalingInput withEmergencyLimit(RateLimit limit) {
    return with(Optional.of(limit), previous);
  }

  /** This input with the decision before this one. */
  public ScalingInput withPrevious(ScalingDecision decision) {
    return with(emergencyLimit, Optional.of(decision));
  }

  private ScalingInput with(
      Optional<RateLimit> newEmergencyLimit, Optional<ScalingDecision> newPrevious) {
    return new ScalingInput(
        now,
        waiting,
        inFlight,
        arrivalsPerMinute,
        timeLeft,
        normalLimit,
        limitInForce,
        newEmergencyLimit,
        latestStart,
        workers,
        activeWorkers,
        expectations,
        newPrevious);
  }

  /** Whether there is nothing to do. */
  public boolean isIdle() {
    return waiting.isEmpty() && inFlight == 0;
  }
}
