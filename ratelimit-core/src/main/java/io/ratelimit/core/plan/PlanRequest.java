package io.ratelimit.core.plan;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Optional;

/**
 * What is to be planned: work, and what it may use.
 *
 * @param backlog the work
 * @param limit the normal limit
 * @param emergencyLimit the most that the limit may be raised to; empty: not at all
 * @param deadline how long from the start the work may take: more than zero, at most a hundred
 *     years
 * @param workers how many workers there may be
 * @param expectations what is expected to go wrong
 * @param confidence how sure it is to be that the deadline is met
 */
public record PlanRequest(
    Backlog backlog,
    RateLimit limit,
    Optional<RateLimit> emergencyLimit,
    Duration deadline,
    WorkerRange workers,
    Expectations expectations,
    Confidence confidence) {

  private static final Duration LONGEST_DEADLINE = Duration.ofDays(36_500);

  /**
   * Creates a request.
   *
   * @throws IllegalArgumentException if the deadline is outside its range or is shorter than one
   *     event takes, if a limit has no room for the heaviest event, if the emergency limit is
   *     slower than the limit, or if the expected retries make more than {@link Backlog#MAX_EVENTS}
   *     attempts
   */
  public PlanRequest {
    requireNonNull(backlog, "backlog");
    requireNonNull(limit, "limit");
    requireNonNull(workers, "workers");
    requireNonNull(confidence, "confidence");
    requireRoom("limit", limit, backlog.heaviest());
    emergencyLimit.ifPresent(most -> requireRoom("emergency limit", most, backlog.heaviest()));
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("deadline must be more than zero but is " + deadline);
    }
    if (deadline.compareTo(LONGEST_DEADLINE) > 0) {
      throw new IllegalArgumentException(
          "deadline must be at most " + LONGEST_DEADLINE.toDays() + " days but is " + deadline);
    }
    for (Backlog.Run run : backlog.runs()) {
      if (run.type().processingTime().compareTo(deadline) > 0) {
        throw new IllegalArgumentException(
            "deadline must be at least as long as one event takes, "
                + run.type().processingTime()
                + " for "
                + run.type().name()
                + ", but is "
                + deadline);
      }
    }
    if (emergencyLimit.isPresent() && limit.isFasterThan(emergencyLimit.get())) {
      throw new IllegalArgumentException(
          "emergency limit must be at least as fast as the limit, "
              + limit
              + ", but is "
              + emergencyLimit.get());
    }
    if (backlog.events() * expectations.attemptsPerEvent() > Backlog.MAX_EVENTS) {
      throw new IllegalArgumentException(
          "a plan must have at most "
              + Backlog.MAX_EVENTS
              + " attempts but "
              + backlog.events()
              + " events at failure rate "
              + expectations.failureRate()
              + " make more");
    }
  }

  /**
   * Creates a request with the {@linkplain Confidence#DEFAULT usual confidence}.
   *
   * @throws IllegalArgumentException as the other one
   */
  public PlanRequest(
      Backlog backlog,
      RateLimit limit,
      Optional<RateLimit> emergencyLimit,
      Duration deadline,
      WorkerRange workers,
      Expectations expectations) {
    this(backlog, limit, emergencyLimit, deadline, workers, expectations, Confidence.DEFAULT);
  }

  /** This request with another confidence. */
  public PlanRequest withConfidence(Confidence newConfidence) {
    return new PlanRequest(
        backlog, limit, emergencyLimit, deadline, workers, expectations, newConfidence);
  }

  private static void requireRoom(String what, RateLimit limit, int weight) {
    if (limit.permits() < weight) {
      throw new IllegalArgumentException(
          what
              + " must have room for an event of weight "
              + weight
              + " but "
              + limit
              + " has room for "
              + limit.permits()
              + "; say it for a longer period");
    }
  }

  /** The fastest limit that may be used. */
  RateLimit fastest() {
    return emergencyLimit.orElse(limit);
  }
}
