package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;

/**
 * The failures and delays that plans must allow for.
 *
 * @param failureRate the share of attempts that fail, 0 to 1
 * @param retries how often a failed event is attempted again, at least 0
 * @param slowRate the share of attempts that are slow, 0 to 1
 * @param slowFactor how many times as long a slow attempt takes, 1 to 1000
 * @param backoff how long a failed attempt waits before it is made again
 */
public record Expectations(
    double failureRate, int retries, double slowRate, double slowFactor, Backoff backoff) {

  /** Nothing goes wrong. */
  public static final Expectations NONE = new Expectations(0, 0, 0, 1);

  private static final int MOST_RETRIES = 1_000;
  private static final int SLOWEST = 1_000;

  /**
   * Creates expectations.
   *
   * @throws IllegalArgumentException if a value is outside its range or not a number
   */
  public Expectations {
    requireNonNull(backoff, "backoff");
    Requirements.between("failure rate", failureRate, 0, 1);
    Requirements.between("slow rate", slowRate, 0, 1);
    Requirements.count("retries", retries, 0, MOST_RETRIES);
    Requirements.between("slow factor", slowFactor, 1, SLOWEST);
  }

  /**
   * Creates expectations of retries that follow at once.
   *
   * @throws IllegalArgumentException if a value is outside its range or not a number
   */
  public Expectations(double failureRate, int retries, double slowRate, double slowFactor) {
    this(failureRate, retries, slowRate, slowFactor, Backoff.NONE);
  }

  /** Returns these expectations with another back-off. */
  public Expectations withBackoff(Backoff newBackoff) {
    return withRetries(retries, newBackoff);
  }

  /**
   * Returns these expectations with other retries.
   *
   * @throws IllegalArgumentException if the number of retries is outside its range
   */
  public Expectations withRetries(int newRetries, Backoff newBackoff) {
    return new Expectations(failureRate, newRetries, slowRate, slowFactor, newBackoff);
  }

  /** Returns these expectations with another failure rate. */
  Expectations withFailureRate(double rate) {
    return rate == failureRate
        ? this
        : new Expectations(rate, retries, slowRate, slowFactor, backoff);
  }

  /** Returns whether nothing is left to chance. */
  public boolean areCertain() {
    return failureRate == 0 && (slowRate == 0 || slowFactor == 1);
  }

  /** Returns the mean number of attempts at an event: 1 + f + f² + … + f^retries. */
  public double attemptsPerEvent() {
    return failureRate == 1
        ? retries + 1.0
        : (1 - Math.pow(failureRate, retries + 1.0)) / (1 - failureRate);
  }

  /** Returns what an attempt's expected time is multiplied by on average. */
  public double meanTimeFactor() {
    return 1 + slowRate * (slowFactor - 1);
  }

  /** Returns what the last attempt's expected time is multiplied by if it is a slow one. */
  public double worstTimeFactor() {
    return slowRate > 0 ? slowFactor : 1;
  }
}
