package io.ratelimit.core.forecast;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.forecast.RoundForecast.Prediction;
import java.time.Instant;

/**
 * What was expected of a round before it was learned, and what came.
 *
 * @param at when the round began
 * @param expected how many events were expected
 * @param came how many came, at least 0
 */
public record PastForecast(Instant at, Prediction expected, long came) {

  /**
   * Creates one.
   *
   * @throws IllegalArgumentException if the count is negative
   */
  public PastForecast {
    requireNonNull(at, "at");
    requireNonNull(expected, "expected");
    if (came < 0) {
      throw new IllegalArgumentException("came must be at least 0 but is " + came);
    }
  }
}
