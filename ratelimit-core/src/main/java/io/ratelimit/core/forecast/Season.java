package io.ratelimit.core.forecast;

import java.time.Instant;
import java.util.Locale;

/**
 * After what time a pattern comes again. Rounds of one hour are taken together: with one each 3
 * minutes there are 20, too few events in each to tell them apart. Hours are those of UTC, so where
 * clocks are set twice a year, a pattern is an hour off until it is learned again.
 */
public enum Season {
  /** By the hour of the day. */
  DAY(24),
  /** By the hour and the day of the week. */
  WEEK(7 * 24);

  private static final long SECONDS_PER_HOUR = 3_600;

  private final int hours;

  Season(int hours) {
    this.hours = hours;
  }

  /** Returns how many hours it has. */
  public int hours() {
    return hours;
  }

  /** Returns its name in a sentence. */
  String unit() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns which of its hours a moment is in, from 0. */
  int hour(Instant at) {
    return (int) Math.floorMod(hours(at), (long) hours);
  }

  /** Returns how many seasons before the one of a moment there were since the epoch. */
  long number(Instant at) {
    return Math.floorDiv(hours(at), (long) hours);
  }

  private static long hours(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), SECONDS_PER_HOUR);
  }
}
