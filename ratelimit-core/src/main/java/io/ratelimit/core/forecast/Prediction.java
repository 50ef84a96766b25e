package io.ratelimit.core.forecast;

/**
 * What is expected of a number, and between which values it lies in 9 of 10 cases.
 *
 * @param mean what is expected, at least 0
 * @param low below that it is in 1 of 20 cases, at least 0
 * @param high above that it is in 1 of 20 cases, at least {@code low}
 */
public record Prediction(double mean, double low, double high) {

  /** How probable it is that a number lies between low and high. */
  public static final double LEVEL = 0.9;

  /**
   * Creates a prediction.
   *
   * @throws IllegalArgumentException if a value is below 0, not a number, or the highest below the
   *     lowest
   */
  public Prediction {
    if (!(mean >= 0 && low >= 0 && high >= low)) {
      throw new IllegalArgumentException(
          "a prediction must be 0 ≤ low ≤ high and 0 ≤ mean but is low "
              + low
              + ", mean "
              + mean
              + ", high "
              + high);
    }
  }

  /**
   * Returns a prediction whose interval comes from the latest errors around the mean, so that no
   * model has to know the distribution of its errors. The empirical quantiles of residuals, as in
   * R. J. Hyndman and G. Athanasopoulos, <i>Forecasting: Principles and Practice</i>, 3rd ed. 2021,
   * 5.5.
   */
  static Prediction of(double mean, RecentValues errors) {
    if (errors.isEmpty()) {
      return new Prediction(mean, 0, Double.MAX_VALUE);
    }
    double low = Math.max(0, mean + errors.quantile((1 - LEVEL) / 2));
    return new Prediction(mean, low, Math.max(low, mean + errors.quantile((1 + LEVEL) / 2)));
  }
}
