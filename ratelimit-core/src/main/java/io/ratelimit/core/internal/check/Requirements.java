package io.ratelimit.core.internal.check;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;

/**
 * What arguments must be, one method a rule. Each returns the value to go on with, or throws an
 * {@link IllegalArgumentException} that names the setting, the rule and the value.
 */
public final class Requirements {

  /** As good as for ever, and so short that no sum with a time of this era overflows. */
  public static final Duration LONGEST = Duration.ofDays(36_500);

  /** Requires more than zero; of more than a hundred years, a hundred years are left. */
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

  /** Requires zero or more; of more than a hundred years, a hundred years are left. */
  @CanIgnoreReturnValue
  public static Duration notNegative(String what, Duration value) {
    if (requireNonNull(value, what).isNegative()) {
      throw new IllegalArgumentException(what + " must not be negative but is " + value);
    }
    return capped(value);
  }

  /** Requires a duration of a range that includes its ends. */
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

  /** Requires whole microseconds, as stores keep no others. */
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

  /** Requires a whole number of a range that includes its ends. */
  @CanIgnoreReturnValue
  public static int between(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          Printable.text(what) + " must be " + least + " to " + most + " but is " + value);
    }
    return value;
  }

  /** Requires so many things that their number is in a range that includes its ends. */
  @CanIgnoreReturnValue
  public static int count(String things, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          things + " must be " + least + " to " + most + " but are " + value);
    }
    return value;
  }

  /** Requires a whole number that is not too small. */
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

  /** Requires a number of a range that includes its ends; NaN is none. */
  @CanIgnoreReturnValue
  public static double between(String what, double value, int least, int most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          what + " must be " + least + " to " + most + " but is " + value);
    }
    return value;
  }

  /** Requires something other than white space. */
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
