package io.ratelimit.core.internal.check;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;

/**
 * Checks arguments, with one method per rule. Each returns the value to use, or throws an {@link
 * IllegalArgumentException} that names the setting, the rule and the value.
 */
public final class Requirements {

  /** Practically forever, but short enough that no sum with a time of this era overflows. */
  public static final Duration LONGEST = Duration.ofDays(36_500);

  /** Requires more than zero; caps at a hundred years. */
  @CanIgnoreReturnValue
  public static Duration positive(String what, Duration value) {
    if (requireNonNull(value, what).isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " must be more than zero but is " + value);
    }
    return capped(value);
  }

  /** Requires more than zero and at most {@code most}. */
  @CanIgnoreReturnValue
  public static Duration positive(String what, Duration value, Duration most) {
    if (requireNonNull(value, what).isNegative() || value.isZero() || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          what + " must be more than zero and at most " + most + " but is " + value);
    }
    return value;
  }

  /** Requires zero or more; caps at a hundred years. */
  @CanIgnoreReturnValue
  public static Duration notNegative(String what, Duration value) {
    if (requireNonNull(value, what).isNegative()) {
      throw new IllegalArgumentException(what + " must not be negative but is " + value);
    }
    return capped(value);
  }

  /** Requires a duration in a range, ends included. */
  @CanIgnoreReturnValue
  public static Duration between(String what, Duration value, Duration least, Duration most) {
    if (requireNonNull(value, what).compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          what + " must be " + least + " to " + most + " but is " + value);
    }
    return value;
  }

  /** Requires delays that begin with zero or more and do not shrink. */
  public static void growing(String delays, Duration initial, Duration longest) {
    if (initial.isNegative() || longest.compareTo(initial) < 0) {
      throw new IllegalArgumentException(
          delays
              + " must be 0 ≤ initial ≤ longest but are initial "
              + initial
              + ", longest "
              + longest);
    }
  }

  /** Requires whole microseconds, the resolution of stores. */
  @CanIgnoreReturnValue
  public static Duration wholeMicros(String what, Duration value) {
    if (value.toNanosPart() % 1_000 != 0) {
      throw new IllegalArgumentException(what + " must be in whole microseconds but is " + value);
    }
    return value;
  }

  /** Returns the duration, or a hundred years if that is shorter. */
  public static Duration capped(Duration value) {
    return value.compareTo(LONGEST) > 0 ? LONGEST : value;
  }

  /** Requires a whole number in a range, ends included. */
  @CanIgnoreReturnValue
  public static int between(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          Printable.text(what) + " must be " + least + " to " + most + " but is " + value);
    }
    return value;
  }

  /** Requires a number of things in a range, ends included. */
  @CanIgnoreReturnValue
  public static int count(String things, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          things + " must be " + least + " to " + most + " but are " + value);
    }
    return value;
  }

  /** Requires a whole number of at least {@code least}. */
  @CanIgnoreReturnValue
  public static int atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(what + " must be at least " + least + " but is " + value);
    }
    return value;
  }

  /** Requires zero or more. */
  @CanIgnoreReturnValue
  public static long notNegative(String what, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(what + " must not be negative but is " + value);
    }
    return value;
  }

  /** Requires a number in a range, ends included; rejects NaN. */
  @CanIgnoreReturnValue
  public static double between(String what, double value, int least, int most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          what + " must be " + least + " to " + most + " but is " + value);
    }
    return value;
  }

  /** Requires text other than white space. */
  @CanIgnoreReturnValue
  public static String notBlank(String what, String value) {
    if (requireNonNull(value, what).isBlank()) {
      throw new IllegalArgumentException(
          what + " must not be blank but is " + Printable.quoted(value));
    }
    return value;
  }

  private Requirements() {}
}
