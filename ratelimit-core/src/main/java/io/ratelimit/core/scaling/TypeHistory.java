package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The measurements of attempts at events of one type. Immutable and thread-safe.
 *
 * @param attempts how many ended, at least 0; halved together with the failures when they reach
 *     {@link ProcessingTimes#MOST}
 * @param failures how many of them failed
 * @param times how long they took
 */
public record TypeHistory(long attempts, long failures, ProcessingTimes times) {

  /** Nothing yet. */
  public static final TypeHistory NONE = new TypeHistory(0, 0, ProcessingTimes.NONE);

  /**
   * Creates a history.
   *
   * @throws IllegalArgumentException unless 0 ≤ failures ≤ attempts
   */
  public TypeHistory {
    requireNonNull(times, "times");
    if (failures < 0 || attempts < failures) {
      throw new IllegalArgumentException(
          "a history must have 0 ≤ failures ≤ attempts but has failures "
              + failures
              + ", attempts "
              + attempts);
    }
  }

  /** Returns this history and another attempt. */
  public TypeHistory with(Duration time, boolean failed) {
    long moreAttempts = attempts + 1;
    long moreFailures = failures + (failed ? 1 : 0);
    int shrink = moreAttempts >= ProcessingTimes.MOST ? 2 : 1;
    return new TypeHistory(moreAttempts / shrink, moreFailures / shrink, times.with(time));
  }

  /**
   * How long attempts took, counted in buckets whose width grows with the time: 8 per doubling, so
   * the middle of a bucket is off by at most 6 %. When {@value #MOST} are counted, all counts are
   * halved, so older measurements weigh less and the memory is bounded.
   *
   * <p>It uses whole numbers only, so a store can keep the same counts. A time of {@code t} ms, at
   * least 0 and at most a day, belongs to the bucket {@code t} if it is below 8, otherwise with
   * {@code e} as the largest whole number for which 2<sup>e</sup> ≤ t, to the bucket {@code 8 × (e
   * - 2) + (t >> (e - 3)) mod 8}.
   *
   * <p>Immutable and thread-safe.
   */
  public static final class ProcessingTimes {

    /** How many buckets there are. */
    public static final int BUCKETS = 200;

    /** So many counts are halved. */
    public static final long MOST = 1_024;

    /** No attempts. */
    public static final ProcessingTimes NONE = new ProcessingTimes(new short[0], 0);

    private static final int STEP_BITS = 3;
    private static final int STEPS = 1 << STEP_BITS;
    private static final long LONGEST_MILLIS = 86_400_000;

    // Up to the last bucket that is not empty: most attempts are far shorter than a day.
    private final short[] counts;
    private final long total;

    private ProcessingTimes(short[] counts, long total) {
      this.counts = counts;
      this.total = total;
    }

    /**
     * Returns the times that somebody counted.
     *
     * @param countByBucket how many attempts belong to a bucket
     * @throws IllegalArgumentException if a bucket is not 0 to {@link #BUCKETS} - 1 or its count is
     *     not 0 to {@link #MOST}
     */
    public static ProcessingTimes of(SortedMap<Integer, Long> countByBucket) {
      short[] counts = new short[BUCKETS];
      countByBucket.forEach(
          (bucket, count) -> {
            if (bucket < 0 || bucket >= BUCKETS || count < 0 || count > MOST) {
              throw new IllegalArgumentException(
                  "a bucket of processing times must be 0 to "
                      + (BUCKETS - 1)
                      + " and its count 0 to "
                      + MOST
                      + " but they are "
                      + bucket
                      + " and "
                      + count);
            }
            counts[bucket] = count.shortValue();
          });
      return trimmed(counts);
    }

    /** Returns these times and another one; below zero counts as zero, more than a day as a day. */
    public ProcessingTimes with(Duration time) {
      int bucket = bucket(time);
      short[] more = Arrays.copyOf(counts, Math.max(counts.length, bucket + 1));
      more[bucket]++;
      if (total + 1 < MOST) {
        return new ProcessingTimes(more, total + 1);
      }
      for (int i = 0; i < more.length; i++) {
        more[i] = (short) (more[i] / 2);
      }
      return trimmed(more);
    }

    private static ProcessingTimes trimmed(short[] counts) {
      int used = 0;
      long total = 0;
      for (int i = 0; i < counts.length; i++) {
        total += counts[i];
        used = counts[i] > 0 ? i + 1 : used;
      }
      return new ProcessingTimes(Arrays.copyOf(counts, used), total);
    }

    /** Returns the bucket that a time belongs to. */
    public static int bucket(Duration time) {
      if (time.isNegative()) {
        return 0;
      }
      long millis = time.toSeconds() >= LONGEST_MILLIS / 1_000 ? LONGEST_MILLIS : time.toMillis();
      if (millis < STEPS) {
        return (int) millis;
      }
      int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(millis);
      long step = (millis >> (exponent - STEP_BITS)) % STEPS;
      return STEPS * (exponent - STEP_BITS + 1) + (int) step;
    }

    /** Returns the middle of a bucket in seconds. */
    static double middleSeconds(int bucket) {
      return (lowMillis(bucket) + lowMillis(bucket + 1)) / 2.0 / 1_000;
    }

    /** Returns the middle of a bucket, which is 0 to {@link #BUCKETS} - 1. */
    public static Duration middle(int bucket) {
      return Duration.ofNanos(Math.round(middleSeconds(bucket) * 1e9));
    }

    private static long lowMillis(int bucket) {
      return bucket < STEPS ? bucket : (long) (STEPS + bucket % STEPS) << (bucket / STEPS - 1);
    }

    /** Returns how many attempts count. */
    public long total() {
      return total;
    }

    /** Returns the counts by bucket, without empty ones. */
    public SortedMap<Integer, Long> counts() {
      SortedMap<Integer, Long> result = new TreeMap<>();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] > 0) {
          result.put(i, (long) counts[i]);
        }
      }
      return result;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ProcessingTimes times && Arrays.equals(counts, times.counts);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
      return total + " attempts";
    }
  }
}
