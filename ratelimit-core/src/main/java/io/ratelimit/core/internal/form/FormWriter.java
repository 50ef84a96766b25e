package io.ratelimit.core.internal.form;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * Writes values as text for a store: {@code kind/version,value,…,checksum}. Numbers are in base 36;
 * optional values and lists begin with the number of values that follow. The text is printable
 * ASCII without spaces, so that no column, encoding or trimming changes it. Not thread-safe.
 */
public final class FormWriter {

  static final int RADIX = 36;
  static final char SEPARATOR = ',';
  static final char ESCAPE = '\\';
  static final char TIMES = '*';
  static final int ESCAPED_DIGITS = 4;

  private final StringBuilder text = new StringBuilder();

  /**
   * Begins a text.
   *
   * @param kind the kind of value
   * @param version the version of this kind's form, from 1
   */
  public FormWriter(String kind, int version) {
    text.append(kind).append('/').append(version);
  }

  /** Adds a whole number. */
  @CanIgnoreReturnValue
  public FormWriter number(long value) {
    text.append(SEPARATOR).append(Long.toString(value, RADIX));
    return this;
  }

  /** Adds a repeated number; most come once. */
  @CanIgnoreReturnValue
  public FormWriter number(long value, long times) {
    number(value);
    if (times != 1) {
      text.append(TIMES).append(Long.toString(times, RADIX));
    }
    return this;
  }

  /** Adds a flag. */
  @CanIgnoreReturnValue
  public FormWriter flag(boolean value) {
    return number(value ? 1 : 0);
  }

  /** Adds a time. */
  @CanIgnoreReturnValue
  public FormWriter instant(Instant value) {
    return number(value.getEpochSecond(), 1 + (long) value.getNano());
  }

  /** Adds a duration. */
  @CanIgnoreReturnValue
  public FormWriter duration(Duration value) {
    return number(value.getSeconds(), 1 + (long) value.getNano());
  }

  /** Adds a text. */
  @CanIgnoreReturnValue
  public FormWriter text(String value) {
    text.append(SEPARATOR);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c > ' ' && c <= '~' && c != SEPARATOR && c != ESCAPE) {
        text.append(c);
      } else {
        text.append(ESCAPE).append(String.format(Locale.ROOT, "%04x", (int) c));
      }
    }
    return this;
  }

  /** Adds an optional value. */
  @CanIgnoreReturnValue
  public <T> FormWriter optional(Optional<T> value, Consumer<T> write) {
    flag(value.isPresent());
    value.ifPresent(write);
    return this;
  }

  /** Adds a list. */
  @CanIgnoreReturnValue
  public <T> FormWriter list(Collection<T> values, Consumer<? super T> write) {
    number(values.size());
    values.forEach(write);
    return this;
  }

  /** Returns the whole text. */
  public String end() {
    String all = text.toString();
    return all + SEPARATOR + checksum(all);
  }

  static String checksum(String text) {
    CRC32 checksum = new CRC32();
    for (int i = 0; i < text.length(); i++) {
      checksum.update(text.charAt(i));
    }
    return Long.toString(checksum.getValue(), RADIX);
  }
}
