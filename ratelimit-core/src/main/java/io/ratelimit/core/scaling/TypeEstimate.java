package io.ratelimit.core.scaling;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.scaling.TypeHistory.ProcessingTimes;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An estimate of how long an attempt at an event of a type takes and how often it fails: the
 * declaration counts as {@value #PRIOR_ATTEMPTS} attempts, and measurements count as themselves.
 *
 * @param typicalSeconds the mean time of all but the slow attempts
 * @param slowShare the share of attempts that are slow, 0 to 1
 * @param slowSeconds the mean time of a slow one
 * @param failureRate the share of attempts that fail, 0 to 1
 * @param uncertainSeconds the standard error of the typical time; 0 without measurements, because
 *     the declaration is then trusted
 * @param seen how many measured attempts it includes
 */
public record TypeEstimate(
    double typicalSeconds,
    double slowShare,
    double slowSeconds,
    double failureRate,
    double uncertainSeconds,
    long seen) {

  /** What was declared counts as much as so many attempts. */
  public static final int PRIOR_ATTEMPTS = 10;

  /**
   * If a type is not declared to be ever slow, this share counts as slow once slow attempts were
   * seen.
   */
  private static final double DEFAULT_SLOW_SHARE = 0.1;

  /** A time above this many times the median is an outlier, and counts as that bound. */
  private static final double OUTLIER = 8;

  /** Returns the estimate for a type from what was declared and what was seen. */
  public static TypeEstimate of(EventType type, Expectations expected, TypeHistory history) {
    double declared = Workload.seconds(type.processingTime());
    long seen = history.times().total();
    double slowShare =
        seen == 0 || expected.slowRate() > 0 ? expected.slowRate() : DEFAULT_SLOW_SHARE;
    double declaredSlow = declared * expected.slowFactor();
    SortedMap<Double, Double> weights = new TreeMap<>();
    weights.merge(declared, PRIOR_ATTEMPTS * (1 - expected.slowRate()), Double::sum);
    weights.merge(declaredSlow, PRIOR_ATTEMPTS * expected.slowRate(), Double::sum);
    history
        .times()
        .counts()
        .forEach(
            (bucket, count) ->
                weights.merge(
                    seenSeconds(bucket, declared, declaredSlow), (double) count, Double::sum));
    double all = PRIOR_ATTEMPTS + (double) seen;
    double most = quantile(weights, all / 2) * Math.max(OUTLIER, expected.slowFactor());
    Moments typical = moments(weights, 0, all * (1 - slowShare), most);
    Moments slow = moments(weights, all * (1 - slowShare), all, most);
    return new TypeEstimate(
        typical.mean(),
        slowShare,
        slowShare == 0 ? typical.mean() : Math.max(typical.mean(), slow.mean()),
        (PRIOR_ATTEMPTS * expected.failureRate() + history.failures())
            / (PRIOR_ATTEMPTS + (double) history.attempts()),
        seen == 0 ? 0 : typical.deviation() / Math.sqrt(all),
        seen);
  }

  /** Returns the typical time plus its uncertainty. */
  double cautiousSeconds() {
    return typicalSeconds + uncertainSeconds;
  }

  /**
   * Returns the value of a bucket: the declared time if it lies in the bucket, because the
   * observation does not contradict it; otherwise the bucket's middle.
   */
  private static double seenSeconds(int bucket, double declared, double declaredSlow) {
    if (bucket == ProcessingTimes.bucket(Seconds.toDuration(declared))) {
      return declared;
    }
    return bucket == ProcessingTimes.bucket(Seconds.toDuration(declaredSlow))
        ? declaredSlow
        : ProcessingTimes.middleSeconds(bucket);
  }

  private record Moments(double mean, double deviation) {}

  /** Returns the mean and the standard deviation of the weighted values between two ranks. */
  private static Moments moments(
      SortedMap<Double, Double> weights, double from, double to, double most) {
    double rank = 0;
    double weight = 0;
    double sum = 0;
    double squares = 0;
    for (Map.Entry<Double, Double> entry : weights.entrySet()) {
      double end = rank + entry.getValue();
      double share = Math.min(end, to) - Math.max(rank, from);
      if (share > 0) {
        double value = Math.min(most, entry.getKey());
        weight += share;
        sum += share * value;
        squares += share * value * value;
      }
      rank = end;
    }
    if (weight == 0) {
      return new Moments(0, 0);
    }
    double mean = sum / weight;
    return new Moments(mean, Math.sqrt(Math.max(0, squares / weight - mean * mean)));
  }

  private static double quantile(SortedMap<Double, Double> weights, double rank) {
    double sum = 0;
    for (Map.Entry<Double, Double> entry : weights.entrySet()) {
      sum += entry.getValue();
      if (sum >= rank) {
        return entry.getKey();
      }
    }
    return weights.lastKey();
  }
}
