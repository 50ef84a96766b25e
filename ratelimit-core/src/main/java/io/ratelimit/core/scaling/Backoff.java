package io.ratelimit.core.scaling;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;

/**
 * The maximum wait before a failed attempt is retried.
 *
 * @param initial before the first retry: 0 or more
 * @param multiplier what each further wait is multiplied by: 1 to 100
 * @param longest the longest wait: at least the initial one
 */
public record Backoff(Duration initial, double multiplier, Duration longest) {

  /** Retries follow at once. */
  public static final Backoff NONE = new Backoff(Duration.ZERO, 1, Duration.ZERO);

  private static final int STEEPEST = 100;

  /**
   * Creates a back-off.
   *
   * @throws IllegalArgumentException if a value is outside its range or not a number
   */
  public Backoff {
    Requirements.growing("back-off delays", initial, longest);
    Requirements.between("multiplier", multiplier, 1, STEEPEST);
  }

  /** Returns the total wait before this many retries, in seconds. */
  double seconds(int retries) {
    double sum = 0;
    double next = Workload.seconds(initial);
    double most = Workload.seconds(longest);
    for (int i = 0; i < retries; i++) {
      sum += Math.min(most, next);
      next *= multiplier;
    }
    return sum;
  }
}
