package io.ratelimit.cli.round;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.scaling.Backoff;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A round to drain while a user watches, and its conditions.
 *
 * @param events the events
 * @param request the conditions
 * @param attempts the terms of its attempts
 */
public record PlayedRound(List<AuditEvent> events, PlanRequest request, AttemptTerms attempts) {

  private static final Duration SHORTEST = Duration.of(1, ChronoUnit.MICROS);

  /**
   * Returns the round with all times divided by a factor, for stores whose time cannot be
   * accelerated.
   *
   * @throws InputException if a time would become too short
   */
  public PlayedRound shortened(double factor) {
    List<AuditEvent> shorter = events.stream().map(event -> shortened(event, factor)).toList();
    try {
      RetryPolicy retries = attempts.retryPolicy();
      RetryPolicy sooner =
          new RetryPolicy(
              retries.maxRetries(),
              shortened(retries.initialDelay(), factor),
              retries.multiplier(),
              shortened(retries.maxDelay(), factor),
              retries.jitter());
      RoundTerms terms = request.terms();
      return new PlayedRound(
          shorter,
          new PlanRequest(
              Backlog.ofEvents(shorter),
              shortened(request.limit(), factor),
              terms
                  .withDeadline(shortened(terms.deadline(), factor))
                  .withEmergencyLimit(terms.emergencyLimit().map(limit -> shortened(limit, factor)))
                  .withExpectations(
                      terms
                          .expectations()
                          .withBackoff(shortened(terms.expectations().backoff(), factor)))),
          attempts.withRetryPolicy(sooner));
    } catch (IllegalArgumentException refused) {
      throw new InputException(
          "--speedup " + Texts.number(factor) + " is too much: " + refused.getMessage());
    }
  }

  private static Backoff shortened(Backoff backoff, double factor) {
    return new Backoff(
        shortened(backoff.initial(), factor),
        backoff.multiplier(),
        shortened(backoff.longest(), factor));
  }

  private static AuditEvent shortened(AuditEvent event, double factor) {
    EventType type = event.type();
    return new AuditEvent(
        event.id(),
        type.withProcessingTime(shortened(type.processingTime(), factor)),
        event.walletId(),
        event.payload(),
        event.attributes(),
        event.weight());
  }

  /** Shortens a limit; a default burst depends on the time in which the round is played. */
  private static RateLimit shortened(RateLimit limit, double factor) {
    RateLimit shorter =
        RateLimit.of(limit.permits())
            .per(shortened(limit.period(), factor))
            .withMargin(shortened(limit.margin(), factor));
    boolean byDefault = limit.burst() == RateLimit.of(limit.permits()).per(limit.period()).burst();
    return byDefault ? shorter : shorter.withBurst(limit.burst());
  }

  /** Shortens a duration to whole microseconds, the resolution of limits and types. */
  private static Duration shortened(Duration duration, double factor) {
    if (duration.isZero()) {
      return duration;
    }
    BigDecimal nanos =
        BigDecimal.valueOf(duration.getSeconds(), 0)
            .multiply(BigDecimal.valueOf(1_000_000_000))
            .add(BigDecimal.valueOf(duration.getNano()));
    long micros =
        nanos.divide(BigDecimal.valueOf(1_000 * factor), 0, RoundingMode.HALF_UP).longValueExact();
    Duration shorter = Duration.of(micros, ChronoUnit.MICROS);
    return shorter.compareTo(SHORTEST) < 0 ? SHORTEST : shorter;
  }
}
