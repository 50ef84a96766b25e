package io.ratelimit.core;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Backoff;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Optional;

/**
 * The terms of a round: its deadline, how confidently it must meet the deadline, and what it may
 * use. The engine, the planner, the simulator and the Temporal manager use the same terms, so what
 * one of them promises, another keeps.
 *
 * <p>A scaling policy is code and not a value, so it is not part of the terms. Immutable, and
 * consists of records, so a JSON library can write it as it is. A duration of more than a hundred
 * years counts as a hundred years.
 *
 * @param deadline how long the round may take: more than zero
 * @param confidence how confidently the deadline must be met
 * @param workers how many workers there may be
 * @param emergencyLimit how far the limit may be raised when the deadline is in danger; empty for
 *     never
 * @param expectations the failures and delays to plan for
 * @param decisionInterval how often limit and workers are decided while there is work: more than
 *     zero
 */
public record RoundTerms(
    Duration deadline,
    Confidence confidence,
    WorkerRange workers,
    Optional<RateLimit> emergencyLimit,
    Expectations expectations,
    Duration decisionInterval) {

  /**
   * 3 minutes with a confidence of 99.9 %, 1 to 10 workers, no emergency, nothing expected to go
   * wrong, a decision every second.
   */
  public static final RoundTerms DEFAULT =
      new RoundTerms(
          Duration.ofMinutes(3),
          Confidence.DEFAULT,
          WorkerRange.DEFAULT,
          Optional.empty(),
          Expectations.NONE,
          Duration.ofSeconds(1));

  /**
   * Creates terms.
   *
   * @throws IllegalArgumentException if a duration is not more than zero
   */
  public RoundTerms {
    deadline = Requirements.positive("deadline", deadline);
    requireNonNull(confidence, "confidence");
    requireNonNull(workers, "workers");
    requireNonNull(emergencyLimit, "emergencyLimit");
    requireNonNull(expectations, "expectations");
    decisionInterval = Requirements.positive("decision interval", decisionInterval);
  }

  /**
   * Returns these terms with another deadline.
   *
   * @throws IllegalArgumentException if it is not more than zero
   */
  public RoundTerms withDeadline(Duration newDeadline) {
    return new RoundTerms(
        newDeadline, confidence, workers, emergencyLimit, expectations, decisionInterval);
  }

  /** Returns these terms with another confidence. */
  public RoundTerms withConfidence(Confidence newConfidence) {
    return new RoundTerms(
        deadline, newConfidence, workers, emergencyLimit, expectations, decisionInterval);
  }

  /** Returns these terms with another range of workers. */
  public RoundTerms withWorkers(WorkerRange newWorkers) {
    return new RoundTerms(
        deadline, confidence, newWorkers, emergencyLimit, expectations, decisionInterval);
  }

  /** Returns these terms with an emergency limit. */
  public RoundTerms withEmergencyLimit(RateLimit limit) {
    return withEmergencyLimit(Optional.of(limit));
  }

  /** Returns these terms with an emergency limit, or without one. */
  public RoundTerms withEmergencyLimit(Optional<RateLimit> limit) {
    return new RoundTerms(deadline, confidence, workers, limit, expectations, decisionInterval);
  }

  /** Returns these terms with other expectations. */
  public RoundTerms withExpectations(Expectations newExpectations) {
    return new RoundTerms(
        deadline, confidence, workers, emergencyLimit, newExpectations, decisionInterval);
  }

  /**
   * Returns these terms with expectations that include the retries of a retry policy, and their
   * waits unless the expectations already have waits.
   */
  public RoundTerms withRetriesOf(RetryPolicy retryPolicy) {
    Backoff declared = expectations.backoff();
    return withExpectations(
        expectations.withRetries(
            retryPolicy.maxRetries(),
            declared.equals(Backoff.NONE) ? retryPolicy.backoff() : declared));
  }

  /**
   * Returns these terms with another decision interval.
   *
   * @throws IllegalArgumentException if it is not more than zero
   */
  public RoundTerms withDecisionInterval(Duration interval) {
    return new RoundTerms(deadline, confidence, workers, emergencyLimit, expectations, interval);
  }

  /**
   * Returns the fastest limit that a round with this normal limit may use.
   *
   * @throws IllegalArgumentException if the emergency limit is slower than the normal one
   */
  public RateLimit fastest(RateLimit normal) {
    if (emergencyLimit.isPresent() && normal.isFasterThan(emergencyLimit.get())) {
      throw new IllegalArgumentException(
          "emergency limit must be at least as fast as the limit, "
              + normal
              + ", but is "
              + emergencyLimit.get());
    }
    return emergencyLimit.orElse(normal);
  }
}
