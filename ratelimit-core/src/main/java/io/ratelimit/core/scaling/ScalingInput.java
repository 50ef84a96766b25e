package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The input of a scaling decision.
 *
 * @param now the time of the decision, by the queue's clock
 * @param waiting the work that waits for a worker or for a retry
 * @param inFlight how many events are being processed, at least 0
 * @param arrivalsPerMinute how many events are being published, at least 0
 * @param timeLeft how long until the deadline; negative once it is past
 * @param ownTimeLeft the same for the work that no named limit holds back, as far as that is known;
 *     at least {@code timeLeft}
 * @param normalLimit the limit without an emergency
 * @param limitInForce the limit that holds now
 * @param emergencyLimit the limit that must never be exceeded in an emergency; empty for no
 *     emergency
 * @param latestStart when the latest attempt was started, if the queue knows
 * @param nextStart when the limit in force allows the next start, if not at once, because of the
 *     pace, a window that is still full, a pause, or an unknown past
 * @param startsInWindow the weight of the starts in the window of the limit in force, at least 0
 * @param workers how many workers there may be
 * @param activeWorkers how many workers there are
 * @param expectations what is expected to go wrong
 * @param confidence how confidently the deadline must be met
 * @param previous the previous decision, if there was one
 * @param loads the demand of the waiting work for each named limit
 * @param arriving the work that has not been published, but is forecast to be before the deadline
 */
public record ScalingInput(
    Instant now,
    Workload waiting,
    long inFlight,
    double arrivalsPerMinute,
    Duration timeLeft,
    Duration ownTimeLeft,
    RateLimit normalLimit,
    RateLimit limitInForce,
    Optional<RateLimit> emergencyLimit,
    Optional<Instant> latestStart,
    Optional<Instant> nextStart,
    long startsInWindow,
    WorkerRange workers,
    int activeWorkers,
    Expectations expectations,
    Confidence confidence,
    Optional<ScalingDecision> previous,
    List<LimitLoad> loads,
    Workload arriving) {

  /**
   * Creates an input.
   *
   * @throws IllegalArgumentException if a number is negative or not a number
   */
  public ScalingInput {
    requireNonNull(now, "now");
    requireNonNull(waiting, "waiting");
    requireNonNull(timeLeft, "timeLeft");
    requireNonNull(ownTimeLeft, "ownTimeLeft");
    requireNonNull(normalLimit, "normalLimit");
    requireNonNull(limitInForce, "limitInForce");
    requireNonNull(emergencyLimit, "emergencyLimit");
    requireNonNull(latestStart, "latestStart");
    requireNonNull(nextStart, "nextStart");
    requireNonNull(workers, "workers");
    requireNonNull(expectations, "expectations");
    requireNonNull(confidence, "confidence");
    requireNonNull(previous, "previous");
    loads = List.copyOf(loads);
    requireNonNull(arriving, "arriving");
    if (inFlight < 0 || activeWorkers < 0 || startsInWindow < 0 || !(arrivalsPerMinute >= 0)) {
      throw new IllegalArgumentException(
          "nothing about a workload is negative, but in flight "
              + inFlight
              + ", workers "
              + activeWorkers
              + ", starts in the window "
              + startsInWindow
              + ", arrivals per minute "
              + arrivalsPerMinute);
    }
  }

  /**
   * Returns a minimal input: work to be done in a time under a limit, with nothing running and no
   * emergency.
   */
  public static ScalingInput of(
      Instant now, Workload waiting, Duration timeLeft, RateLimit limit, WorkerRange workers) {
    return new ScalingInput(
        now,
        waiting,
        0,
        0,
        timeLeft,
        timeLeft,
        limit,
        limit,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        workers,
        0,
        Expectations.NONE,
        Confidence.DEFAULT,
        Optional.empty(),
        List.of(),
        Workload.none());
  }

  /** Returns this input with an emergency limit. */
  public ScalingInput withEmergencyLimit(RateLimit limit) {
    return with(Optional.of(limit), expectations, confidence, previous, loads);
  }

  /** Returns this input with other expectations. */
  public ScalingInput withExpectations(Expectations newExpectations) {
    return with(emergencyLimit, newExpectations, confidence, previous, loads);
  }

  /** Returns this input with another confidence. */
  public ScalingInput withConfidence(Confidence newConfidence) {
    return with(emergencyLimit, expectations, newConfidence, previous, loads);
  }

  /** Returns this input with a previous decision. */
  public ScalingInput withPrevious(ScalingDecision decision) {
    return with(emergencyLimit, expectations, confidence, Optional.of(decision), loads);
  }

  /** Returns this input with the demand for named limits. */
  public ScalingInput withLoads(List<LimitLoad> newLoads) {
    return with(emergencyLimit, expectations, confidence, previous, newLoads);
  }

  /** Returns what this input is to the queue's own limit alone. */
  ScalingInput withoutNamedLimits() {
    return new ScalingInput(
        now,
        waiting,
        inFlight,
        arrivalsPerMinute,
        ownTimeLeft,
        ownTimeLeft,
        normalLimit,
        limitInForce,
        emergencyLimit,
        latestStart,
        nextStart,
        startsInWindow,
        workers,
        activeWorkers,
        expectations,
        confidence,
        previous,
        List.of(),
        arriving);
  }

  /** Returns this input with each named limit at the windows up to which it may be raised. */
  public ScalingInput atCeilings() {
    return NamedRaise.atCeilings(this);
  }

  /** Returns this input with work that is forecast to come. */
  public ScalingInput withArriving(Workload newArriving) {
    return with(waiting, newArriving);
  }

  /** Returns this input as if the forecast events had arrived. */
  ScalingInput asIfArrived() {
    return with(waiting.plus(arriving), Workload.none());
  }

  private ScalingInput with(Workload newWaiting, Workload newArriving) {
    return new ScalingInput(
        now,
        newWaiting,
        inFlight,
        arrivalsPerMinute,
        timeLeft,
        ownTimeLeft,
        normalLimit,
        limitInForce,
        emergencyLimit,
        latestStart,
        nextStart,
        startsInWindow,
        workers,
        activeWorkers,
        expectations,
        confidence,
        previous,
        loads,
        newArriving);
  }

  private ScalingInput with(
      Optional<RateLimit> newEmergencyLimit,
      Expectations newExpectations,
      Confidence newConfidence,
      Optional<ScalingDecision> newPrevious,
      List<LimitLoad> newLoads) {
    return new ScalingInput(
        now,
        waiting,
        inFlight,
        arrivalsPerMinute,
        timeLeft,
        ownTimeLeft,
        normalLimit,
        limitInForce,
        newEmergencyLimit,
        latestStart,
        nextStart,
        startsInWindow,
        workers,
        activeWorkers,
        newExpectations,
        newConfidence,
        newPrevious,
        newLoads,
        arriving);
  }

  /** Returns whether there is nothing to do. */
  public boolean isIdle() {
    return waiting.isEmpty() && inFlight == 0;
  }

  /**
   * Returns whether a start is allowed, something waits for it, and every worker is busy: the
   * workers, not the limit, hold the work back.
   */
  public boolean lacksWorkers() {
    return !waiting.isEmpty()
        && activeWorkers > 0
        && inFlight >= activeWorkers
        && nextStart.map(next -> !next.isAfter(now)).orElse(true)
        && startsInWindow < limitInForce.permits();
  }
}
