package io.ratelimit.core.internal.report;

import static java.util.Objects.requireNonNullElse;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.report.Percentiles;
import io.ratelimit.core.scaling.TypeHistory.ProcessingTimes;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How durations are spread, in the buckets of {@link ProcessingTimes}: its size does not grow with
 * their number. A percentile is the mean of its bucket: exact where all durations in the bucket are
 * alike, off by at most 13 % where they are not. Immutable; made of values that a JSON library can
 * write as they are.
 *
 * @param counts how many there are by bucket, without empty ones; unmodifiable
 * @param nanos their sum by bucket; where a sum is missing, as from an earlier version, each counts
 *     as the middle of its bucket; unmodifiable
 * @param longest the longest of them, exactly; zero where there is none
 */
public record DurationHistogram(
    SortedMap<Integer, Long> counts, SortedMap<Integer, Long> nanos, Duration longest) {

  /** Copies the maps; what is not a count is left out, as messages may be damaged. */
  public DurationHistogram {
    SortedMap<Integer, Long> known = requireNonNullElse(nanos, Collections.emptySortedMap());
    SortedMap<Integer, Long> positive = new TreeMap<>();
    SortedMap<Integer, Long> sums = new TreeMap<>();
    counts.forEach(
        (bucket, count) -> {
          if (count > 0) {
            positive.put(bucket, count);
            long sum = known.getOrDefault(bucket, -1L);
            sums.put(bucket, sum < 0 ? middles(bucket, count) : sum);
          }
        });
    counts = Collections.unmodifiableSortedMap(positive);
    nanos = Collections.unmodifiableSortedMap(sums);
  }

  private static long middles(int bucket, long count) {
    return (long) ((double) ProcessingTimes.middle(bucket).toNanos() * count);
  }

  /** Returns these durations and those of another histogram. */
  public DurationHistogram plus(DurationHistogram other) {
    return new DurationHistogram(
        sum(counts, other.counts), sum(nanos, other.nanos), longer(longest, other.longest));
  }

  private static SortedMap<Integer, Long> sum(
      SortedMap<Integer, Long> one, SortedMap<Integer, Long> other) {
    SortedMap<Integer, Long> sum = new TreeMap<>(one);
    other.forEach((bucket, value) -> sum.merge(bucket, value, DurationHistogram::plus));
    return sum;
  }

  /** Returns a sum of durations, no more than can be said: 292 years. */
  private static long plus(long one, long other) {
    return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
  }

  /** Returns how many durations there are. */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the percentiles: each is the mean of its bucket, the longest is exact. */
  public Percentiles percentiles() {
    return counts.isEmpty()
        ? Percentiles.NONE
        : new Percentiles(rank(0.5), rank(0.9), rank(0.99), longest);
  }

  private Duration rank(double share) {
    long left = (long) Math.ceil(share * total());
    for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
      left -= bucket.getValue();
      if (left <= 0) {
        return mean(bucket.getKey(), bucket.getValue());
      }
    }
    return longest;
  }

  private Duration mean(int bucket, long count) {
    Duration mean = Duration.ofNanos(nanos.getOrDefault(bucket, 0L) / count);
    return mean.compareTo(longest) < 0 ? mean : longest;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /** Counts durations one by one. Not thread-safe. */
  static final class Counter {
    private final SortedMap<Integer, Long> counts = new TreeMap<>();
    private final SortedMap<Integer, Long> nanos = new TreeMap<>();
    private Duration longest = Duration.ZERO;

    void add(Duration duration) {
      int bucket = ProcessingTimes.bucket(duration);
      counts.merge(bucket, 1L, Long::sum);
      nanos.merge(bucket, nanos(duration), DurationHistogram::plus);
      longest = longer(longest, duration);
    }

    DurationHistogram histogram() {
      return new DurationHistogram(counts, nanos, longest);
    }

    private static long nanos(Duration duration) {
      return duration.isNegative() ? 0 : Requirements.capped(duration).toNanos();
    }
  }
}
