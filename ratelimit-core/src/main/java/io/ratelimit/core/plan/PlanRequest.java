package io.ratelimit.core.plan;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Expectations;
import java.time.Duration;

/**
 * A request for a plan: work, and the terms of its round.
 *
 * @param backlog the work
 * @param limit the normal limit
 * @param terms the deadline, and what the round may use
 */
public record PlanRequest(Backlog backlog, RateLimit limit, RoundTerms terms) {

  /**
   * Creates a request.
   *
   * @throws IllegalArgumentException if the deadline is shorter than one event takes, if a limit
   *     has no room for the heaviest event, if the emergency limit is slower than the limit, or if
   *     the expected retries make more than {@link Backlog#MAX_EVENTS} attempts
   */
  public PlanRequest {
    requireNonNull(backlog, "backlog");
    requireRoom("limit", limit, backlog.heaviest());
    requireRoom("emergency limit", terms.fastest(limit), backlog.heaviest());
    requireTimeForOne(backlog, terms.deadline());
    requireFewAttempts(backlog, terms.expectations());
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
              + "; use a longer period");
    }
  }

  private static void requireTimeForOne(Backlog backlog, Duration deadline) {
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
  }

  private static void requireFewAttempts(Backlog backlog, Expectations expectations) {
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

  /** Returns the fastest limit that may be used. */
  RateLimit fastest() {
    return terms.fastest(limit);
  }
}
