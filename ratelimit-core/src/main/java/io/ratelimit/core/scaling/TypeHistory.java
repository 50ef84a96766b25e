package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

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
}
