package io.ratelimit.core.plan;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Optional;

/**
 * What is to be planned: work, and what it may use. Each attempt is planned to cost one permit.
 *
 * @param backlog the work
 * @param limit the normal limit
 * @param emergencyLimit the most that the limit may be raised to; empty: not at all
 * @param deadline how long from the start the work may take: more than zero, at most a hundred
 *     years
 * @param workers how many workers there may be
 * @param expectations what is expected to go wrong
 */
public record PlanRequest(
    Backlog backlog,
    RateLimit limit,
    Optional<RateLimit> emergencyLimit,
    Duration deadline,
    WorkerRange workers,
    Expectations expectations) {

  private static final Duration LONGEST_DEADLINE = Duration.ofDays(36_500);

  /**
   * Creates a request.
   *
   * @throws IllegalArgumentException if the deadline is outside its range or is shorter than one
   *     event takes, if the emergency limit is slower than the limit, or if the expected retries
   *     make more than {@link Backlog#MAX_EVENTS} attempts
   */
  public PlanRequest {
    requireNonNull(backlog, "backlog");
    requireNonNull(limit, "limit");
    requireNonNull(workers, "workers");
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
}
