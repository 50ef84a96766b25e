package io.ratelimit.core.scaling;

/**
 * The distribution of the total number of retries of some events.
 *
 * <p>One event takes i retries with probability f<sup>i</sup> (1 - f), and the most with f to the
 * power of that. For few events the distribution is exact: the power of that polynomial by the
 * recurrence of J. C. P. Miller (Knuth, The Art of Computer Programming 2, 4.7, formula 9). For
 * many it is normal with a correction for skewness (Cornish and Fisher, 1938), at values a quarter
 * of a standard deviation apart.
 */
final class Retries {

  /** With this many expected retries, the distribution is practically normal. */
  private static final double MANY = 200;

  /** Smaller probabilities are ignored: this is far below the smallest risk. */
  private static final double NEGLIGIBLE = 1e-9;

  private static final double STEP = 0.25;
  private static final double FARTHEST = 5;

  private final double[] values;
  private final double[] probabilities;
  private final double mean;
  private final double variance;

  private Retries(double[] values, double[] probabilities, double mean, double variance) {
    this.values = values;
    this.probabilities = probabilities;
    this.mean = mean;
    this.variance = variance;
  }

  static Retries of(double events, Expectations expected) {
    double failing = expected.failureRate();
    int most = expected.retries();
    if (failing == 0 || most == 0 || events == 0) {
      return new Retries(new double[] {0}, new double[] {1}, 0, 0);
    }
    double[] one = ofOne(failing, most);
    double first = 0;
    double second = 0;
    double third = 0;
    for (int i = 0; i < one.length; i++) {
      first += i * one[i];
    }
    for (int i = 0; i < one.length; i++) {
      double off = i - first;
      second += off * off * one[i];
      third += off * off * off * one[i];
    }
    double mean = events * first;
    double variance = events * second;
    if (mean > MANY || one[0] == 0 || events * Math.log(one[0]) < -600) {
      return normal(mean, variance, events * third);
    }
    return exact(events, one, mean, variance);
  }

  /** Returns the probabilities of 0, 1, 2 … retries of one event. */
  private static double[] ofOne(double failing, int most) {
    int last = most;
    if (failing < 1) {
      last = (int) Math.min(most, Math.ceil(Math.log(NEGLIGIBLE * NEGLIGIBLE) / Math.log(failing)));
    }
    double[] one = new double[last + 1];
    double reached = 1;
    for (int i = 0; i < last; i++) {
      one[i] = reached * (1 - failing);
      reached *= failing;
    }
    one[last] = reached;
    return one;
  }

  private static Retries exact(double events, double[] one, double mean, double variance) {
    int size = (int) Math.ceil(mean + 8 * Math.sqrt(variance) + 8 * one.length);
    size = (int) Math.min(size, Math.rint(events) * (one.length - 1) + 1);
    double[] values = new double[size];
    double[] power = new double[size];
    power[0] = Math.pow(one[0], events);
    double sum = power[0];
    int used = 1;
    while (used < size && (used < mean || 1 - sum > NEGLIGIBLE)) {
      double next = 0;
      for (int i = 1; i <= Math.min(used, one.length - 1); i++) {
        next += (events * i - used + i) * one[i] * power[used - i];
      }
      power[used] = Math.max(0, next / (used * one[0]));
      values[used] = used;
      sum += power[used];
      used++;
    }
    double[] probabilities = new double[used];
    for (int i = 0; i < used; i++) {
      probabilities[i] = power[i] / sum;
    }
    return new Retries(java.util.Arrays.copyOf(values, used), probabilities, mean, variance);
  }

  private static Retries normal(double mean, double variance, double third) {
    if (variance == 0) {
      return new Retries(new double[] {mean}, new double[] {1}, mean, 0);
    }
    double deviation = Math.sqrt(variance);
    double skew = third / (variance * deviation);
    int size = (int) (2 * FARTHEST / STEP) + 1;
    double[] values = new double[size];
    double[] probabilities = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double z = -FARTHEST + i * STEP;
      values[i] = Math.max(0, mean + deviation * (z + (z * z - 1) * skew / 6));
      probabilities[i] = Normal.density(z);
      sum += probabilities[i];
    }
    for (int i = 0; i < size; i++) {
      probabilities[i] /= sum;
    }
    return new Retries(values, probabilities, mean, variance);
  }

  int size() {
    return values.length;
  }

  /** In ascending order. */
  double value(int index) {
    return values[index];
  }

  double probability(int index) {
    return probabilities[index];
  }

  double mean() {
    return mean;
  }

  double variance() {
    return variance;
  }

  /** Returns the number of retries that is not exceeded with a probability. */
  double quantile(double probability) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += probabilities[i];
      if (sum >= probability - NEGLIGIBLE) {
        return values[i];
      }
    }
    return values[values.length - 1];
  }
}
