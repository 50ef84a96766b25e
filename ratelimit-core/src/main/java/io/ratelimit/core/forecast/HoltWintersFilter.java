package io.ratelimit.core.forecast;

/**
 * Holt-Winters' additive recursion with a damped trend, for given factors:
 *
 * <pre>
 * expected  = level + φ·slope + season[hour]
 * level'    = α·(value − season[hour]) + (1 − α)·(level + φ·slope)
 * slope'    = β·(level' − level) + (1 − β)·φ·slope
 * season'   = γ·(value − level') + (1 − γ)·season[hour]
 * </pre>
 *
 * <p>As in R. J. Hyndman and G. Athanasopoulos, <i>Forecasting: Principles and Practice</i>, 3rd
 * ed. 2021, 8.3 and 8.4, but that an hour has many rounds, and that a level or an hour begins as
 * the mean of its values until the factor is more than 1 / their number. With β = γ = 0 it is
 * simple exponential smoothing.
 */
final class HoltWintersFilter {

  private static final double DAMPING = 0.98;

  private final double alpha;
  private final double beta;
  private final double gamma;
  private final double[] seasonal;
  private final int[] seen;
  private double level;
  private double slope;
  private int rounds;

  HoltWintersFilter(int hours, double alpha, double beta, double gamma) {
    this.alpha = alpha;
    this.beta = beta;
    this.gamma = gamma;
    this.seasonal = new double[hours];
    this.seen = new int[hours];
  }

  double expect(int hour) {
    return level + DAMPING * slope + seasonal[hour];
  }

  void learn(int hour, double value) {
    double before = level;
    double forLevel = factor(alpha, ++rounds);
    level = forLevel * (value - seasonal[hour]) + (1 - forLevel) * (level + DAMPING * slope);
    if (beta > 0 && rounds > 1) {
      slope = beta * (level - before) + (1 - beta) * DAMPING * slope;
    }
    if (gamma > 0) {
      double forSeason = factor(gamma, ++seen[hour]);
      seasonal[hour] = forSeason * (value - level) + (1 - forSeason) * seasonal[hour];
    }
  }

  private static double factor(double factor, int values) {
    return Math.max(factor, 1.0 / values);
  }
}
