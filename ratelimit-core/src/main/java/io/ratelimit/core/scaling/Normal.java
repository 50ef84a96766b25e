package io.ratelimit.core.scaling;

/** The standard normal distribution. */
final class Normal {

  /**
   * Returns the value that a normal variable stays below with a probability of 0.5 to 1, to 5 ×
   * 10<sup>-4 </sup>: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23.
   */
  static double quantile(double probability) {
    double t = Math.sqrt(-2 * Math.log(1 - probability));
    double numerator = 2.515517 + t * (0.802853 + t * 0.010328);
    double denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
    return Math.max(0, t - numerator / denominator);
  }

  static double density(double value) {
    return Math.exp(-value * value / 2);
  }

  private Normal() {}
}
