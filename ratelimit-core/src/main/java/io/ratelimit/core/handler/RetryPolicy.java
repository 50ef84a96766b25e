package io.ratelimit.core.handler;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.scaling.Backoff;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Decides when a failed attempt is retried: after a delay that grows exponentially, spread by
 * jitter so that events that failed together do not come back together.
 *
 * <p>The jitter is derived from the event's id and the attempt, so the same failure always gets the
 * same delay. Immutable and thread-safe.
 *
 * @param maxRetries how many attempts follow a failed first one: 0 to 1000
 * @param initialDelay the delay before the first retry: 0 or more
 * @param multiplier what each further delay is multiplied by: 1 to 100
 * @param maxDelay the longest delay: at least the initial one
 * @param jitter which share of a delay is left to chance: 0 (none) to 1 (all)
 */
public record RetryPolicy(
    int maxRetries, Duration initialDelay, double multiplier, Duration maxDelay, double jitter) {

  private static final int MOST_RETRIES = 1_000;

  /** 3 retries after about 1, 2 and 4 seconds, half of each left to chance. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(30), 0.5);

  /** No retries. */
  public static final RetryPolicy NONE = new RetryPolicy(0, Duration.ZERO, 1, Duration.ZERO, 0);

  /**
   * Creates a policy.
   *
   * @throws IllegalArgumentException if a value is outside its range or not a number
   */
  public RetryPolicy {
    Requirements.between("number of retries", maxRetries, 0, MOST_RETRIES);
    Requirements.growing("retry delays", initialDelay, maxDelay);
    Requirements.between("multiplier", multiplier, 1, 100);
    Requirements.between("jitter", jitter, 0, 1);
  }

  /**
   * Returns this policy with another number of retries.
   *
   * @throws IllegalArgumentException if the number is outside its range
   */
  public RetryPolicy withMaxRetries(int newMaxRetries) {
    return new RetryPolicy(newMaxRetries, initialDelay, multiplier, maxDelay, jitter);
  }

  /** Returns the waits that plans assume: the longest possible ones. */
  public Backoff backoff() {
    return new Backoff(initialDelay, multiplier, maxDelay);
  }

  /** Returns how many attempts an event gets at most. */
  public int maxAttempts() {
    return maxRetries + 1;
  }

  /**
   * Returns how long to wait before the next attempt.
   *
   * @param attempt the attempt that failed, from 1
   * @param eventId the event
   * @return the delay, or empty if there is no further attempt
   */
  public Optional<Duration> delayAfter(int attempt, String eventId) {
    if (attempt > maxRetries) {
      return Optional.empty();
    }
    double full =
        Math.min(millis(maxDelay), millis(initialDelay) * Math.pow(multiplier, attempt - 1.0));
    double chance = new SplittableRandom(31L * eventId.hashCode() + attempt).nextDouble();
    return Optional.of(Duration.ofMillis(Math.round(full * (1 - jitter * chance))));
  }

  private static double millis(Duration duration) {
    return duration.getSeconds() * 1e3 + duration.getNano() / 1e6;
  }
}
