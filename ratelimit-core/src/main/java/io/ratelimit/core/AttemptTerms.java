package io.ratelimit.core;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;

/**
 * The terms of an attempt: how long it may take, how long its event is held, and when a failed one
 * is made again. The engine and Temporal's workers use the same terms.
 *
 * <p>Immutable. A duration of more than a hundred years counts as a hundred years.
 *
 * @param retryPolicy whether and when a failed attempt is retried
 * @param handlerTimeout how long an attempt may take before it is interrupted and fails: more than
 *     zero
 * @param lease how long an event is held without a sign of life: more than zero
 * @param shutdownGrace how long attempts may continue when the engine or worker stops: 0 or more
 */
public record AttemptTerms(
    RetryPolicy retryPolicy, Duration handlerTimeout, Duration lease, Duration shutdownGrace) {

  /** 3 retries after about 1, 2 and 4 seconds; 1 minute; 15 seconds; 30 seconds. */
  public static final AttemptTerms DEFAULT =
      new AttemptTerms(
          RetryPolicy.DEFAULT,
          Duration.ofMinutes(1),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30));

  /**
   * Creates terms.
   *
   * @throws IllegalArgumentException if the handler timeout or the lease is not more than zero, or
   *     the grace is negative
   */
  public AttemptTerms {
    requireNonNull(retryPolicy, "retryPolicy");
    handlerTimeout = Requirements.positive("handler timeout", handlerTimeout);
    lease = Requirements.positive("lease", lease);
    shutdownGrace = Requirements.notNegative("shutdown grace", shutdownGrace);
  }

  /** Returns these terms with another retry policy. */
  public AttemptTerms withRetryPolicy(RetryPolicy newRetryPolicy) {
    return new AttemptTerms(newRetryPolicy, handlerTimeout, lease, shutdownGrace);
  }

  /**
   * Returns these terms with another handler timeout.
   *
   * @throws IllegalArgumentException if it is not more than zero
   */
  public AttemptTerms withHandlerTimeout(Duration timeout) {
    return new AttemptTerms(retryPolicy, timeout, lease, shutdownGrace);
  }

  /**
   * Returns these terms with another lease.
   *
   * @throws IllegalArgumentException if it is not more than zero
   */
  public AttemptTerms withLease(Duration newLease) {
    return new AttemptTerms(retryPolicy, handlerTimeout, newLease, shutdownGrace);
  }

  /**
   * Returns these terms with another grace.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public AttemptTerms withShutdownGrace(Duration grace) {
    return new AttemptTerms(retryPolicy, handlerTimeout, lease, grace);
  }
}
