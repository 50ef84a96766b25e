package io.ratelimit.core.forecast;

import io.ratelimit.core.forecast.Forecaster.SeriesModel;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/** Uses the model with the smallest recent errors. */
final class RecentBest implements SeriesModel {

  /** The weight of an error a hundred rounds ago is a third. */
  private static final double DECAY = 0.99;

  /** The errors of fewer rounds prove nothing. */
  private static final double LEAST_WEIGHT = 10;

  private final List<SeriesModel> models;
  private final double[] errors;
  private final double[] weights;

  RecentBest(List<SeriesModel> models) {
    this.models = models;
    this.errors = new double[models.size()];
    this.weights = new double[models.size()];
  }

  @Override
  public void learn(Instant at, double value) {
    for (int i = 0; i < errors.length; i++) {
      OptionalDouble expected = models.get(i).expect(at);
      errors[i] *= DECAY;
      weights[i] *= DECAY;
      if (expected.isPresent()) {
        errors[i] += Math.abs(value - expected.getAsDouble());
        weights[i]++;
      }
      models.get(i).learn(at, value);
    }
  }

  @Override
  public OptionalDouble expect(Instant at) {
    return best(at).expect(at);
  }

  private SeriesModel best(Instant at) {
    int best = 0;
    double least = weights[0] < LEAST_WEIGHT ? Double.MAX_VALUE : errors[0] / weights[0];
    for (int i = 1; i < errors.length; i++) {
      if (weights[i] >= LEAST_WEIGHT
          && errors[i] / weights[i] < least
          && models.get(i).expect(at).isPresent()) {
        best = i;
        least = errors[i] / weights[i];
      }
    }
    return models.get(best);
  }

  @Override
  public String name(Instant at) {
    return best(at).name(at);
  }
}
