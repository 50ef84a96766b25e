package io.ratelimit.core.limit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Printable;

/**
 * What names of limits and their keys may be: nearly anything that can be written and read again.
 */
final class Names {

  /** Requires up to so many characters, well-formed, none of them a control character. */
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
    // Half a character is lost on its way through UTF-8, and two names could become the same.
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

  /** The same, and not blank. */
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
