package io.ratelimit.core.report;

import static java.util.Objects.requireNonNullElse;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.report.SpreadCounter;
import io.ratelimit.core.scaling.TypeHistory.ProcessingTimes;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The distribution of durations: their count and sum in each bucket of {@link ProcessingTimes}. The
 * distributions of many rounds can be added up, and their size does not grow with the number of
 * durations. The mean is exact. A percentile is the mean of its bucket: exact if the durations in
 * the bucket are equal, off by at most 13 % if they vary. Immutable.
 *
 * @param counts the number of durations by bucket, without empty buckets; unmodifiable
 * @param nanos the sum of the durations by bucket, in nanoseconds, at most 292 years each;
 *     unmodifiable. Where a sum is missing because an earlier version wrote the value, each
 *     duration counts as the middle of its bucket
 * @param longest the longest duration, exact; zero if there are none, a hundred years at most
 */
public record Spread(
    SortedMap<Integer, Long> counts, SortedMap<Integer, Long> nanos, Duration longest) {

  /** No durations. */
  public static final Spread NONE = of();

  /**
   * Copies the maps and fills in missing sums.
   *
   * @throws IllegalArgumentException if a bucket is not 0 to {@link ProcessingTimes#BUCKETS} - 1,
   *     or a count, a sum or the longest is negative
   */
  public Spread {
    SortedMap<Integer, Long> known = requireNonNullElse(nanos, Collections.emptySortedMap());
    SortedMap<Integer, Long> counted = new TreeMap<>();
    SortedMap<Integer, Long> sums = new TreeMap<>();
    counts.forEach(
        (bucket, count) -> {
          Requirements.between("a bucket of durations", bucket, 0, ProcessingTimes.BUCKETS - 1);
          if (Requirements.notNegative("count of durations", count) > 0) {
            Long sum = known.get(bucket);
            counted.put(bucket, count);
            sums.put(
                bucket,
                sum == null
                    ? middles(bucket, count)
                    : Requirements.notNegative("sum of durations", sum));
          }
        });
    longest = Requirements.notNegative("the longest duration", longest);
    counts = Collections.unmodifiableSortedMap(counted);
    nanos = Collections.unmodifiableSortedMap(sums);
  }

  private static long middles(int bucket, long count) {
    return (long) ((double) ProcessingTimes.middle(bucket).toNanos() * count);
  }

  /** Returns the distribution of the given durations; a negative one counts as zero. */
  public static Spread of(Duration... durations) {
    SpreadCounter counter = new SpreadCounter();
    for (Duration duration : durations) {
      counter.add(duration);
    }
    return counter.spread();
  }

  /** Returns the distribution of these durations and others together. */
  public Spread plus(Spread other) {
    return new Spread(
        sum(counts, other.counts),
        sum(nanos, other.nanos),
        longest.compareTo(other.longest) < 0 ? other.longest : longest);
  }

  private static SortedMap<Integer, Long> sum(
      SortedMap<Integer, Long> one, SortedMap<Integer, Long> other) {
    SortedMap<Integer, Long> sum = new TreeMap<>(one);
    other.forEach((bucket, value) -> sum.merge(bucket, value, SpreadCounter::plus));
    return sum;
  }

  /**
   * Returns the same durations, each counted as the middle of its bucket, which is off by at most 6
   * %. This halves the stored size, because the sums follow from the counts.
   */
  public Spread withoutSums() {
    return new Spread(counts, Collections.emptySortedMap(), longest);
  }

  /** Returns the number of durations. */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the mean, rounded down to a nanosecond; zero if there are no durations. */
  public Duration mean() {
    Duration sum =
        nanos.values().stream().map(Duration::ofNanos).reduce(Duration.ZERO, Duration::plus);
    return sum.dividedBy(Math.max(1, total()));
  }

  /** Returns the percentiles: each is the mean of its bucket, and the maximum is exact. */
  public Percentiles percentiles() {
    return new Percentiles(quantile(0.5), quantile(0.9), quantile(0.99), longest);
  }

  /**
   * Returns the duration that a share of the durations does not exceed: the mean of a bucket,
   * capped at the longest duration; zero if there are no durations.
   *
   * @param share 0 to 1
   */
  public Duration quantile(double share) {
    long left = (long) Math.ceil(share * total());
    for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
      left -= bucket.getValue();
      if (left <= 0) {
        Duration mean =
            Duration.ofNanos(nanos.getOrDefault(bucket.getKey(), 0L) / bucket.getValue());
        return mean.compareTo(longest) < 0 ? mean : longest;
      }
    }
    return longest;
  }
}
