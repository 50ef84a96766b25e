package io.ratelimit.core.limit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Printable;

/**
 * Checks names of limits and their keys: nearly anything is allowed that can be written and read
 * back.
 */
final class Names {

  /** Requires well-formed text of limited length without control characters. */
  @CanIgnoreReturnValue
  static String wellFormed(String what, String value, int longest) {
    if (value.length() > longest) {
      throw new IllegalArgumentException(
          what
              + " must be at most "
              + longest
              + " characters but has "
              + value.length()
              + ": "
              + Printable.quoted(value));
    }
    // UTF-8 loses an unpaired surrogate, so two names could become the same.
    if (value
        .codePoints()
        .anyMatch(
            c ->
                Character.isISOControl(c)
                    || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE))) {
      throw new IllegalArgumentException(
          what
              + " must be well-formed, without control characters, but is "
              + Printable.quoted(value));
    }
    return value;
  }

  /** Also requires that the text is not blank. */
  @CanIgnoreReturnValue
  static String notBlank(String what, String value, int longest) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(
          what + " must not be blank but is " + Printable.quoted(value));
    }
    return wellFormed(what, value, longest);
  }

  private Names() {}
}
