package io.ratelimit.core.internal.form;

import io.ratelimit.core.internal.check.Printable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads text that a {@link FormWriter} wrote. Not thread-safe. */
public final class FormReader {

  private final String text;
  private final int version;
  private int next;
  private long times;

  private FormReader(String text, int version, int next) {
    this.text = text;
    this.version = version;
    this.next = next;
  }

  /**
   * Reads a text.
   *
   * @param kind the expected kind
   * @param newest the newest known version; all from 1 on are known
   * @throws IllegalArgumentException if it is not of this kind, of another version, or damaged
   */
  public static <T> T read(String text, String kind, int newest, Function<FormReader, T> read) {
    String begin = kind + '/';
    int body = text.indexOf(FormWriter.SEPARATOR);
    if (!text.startsWith(begin) || body < 0) {
      throw new IllegalArgumentException(
          "a stored " + kind + " begins with " + begin + " but this is " + Printable.quoted(text));
    }
    String version = text.substring(begin.length(), body);
    if (!version.matches("[1-9][0-9]{0,8}") || Integer.parseInt(version) > newest) {
      throw new IllegalArgumentException(
          "this version of the library reads a stored "
              + kind
              + " of versions up to "
              + newest
              + " but this is of version "
              + Printable.quoted(version)
              + ": use the version of the library that wrote it, or a newer one");
    }
    int end = text.lastIndexOf(FormWriter.SEPARATOR);
    String all = text.substring(0, end);
    String checksum = FormWriter.checksum(all);
    if (!text.substring(end + 1).equals(checksum)) {
      throw new IllegalArgumentException(
          damaged(kind, "its checksum should be " + checksum, text) + "; it was cut or changed");
    }
    FormReader reader = new FormReader(all, Integer.parseInt(version), body + 1);
    try {
      T value = read.apply(reader);
      if (reader.next <= all.length()) {
        throw new IllegalArgumentException("it goes on after its end");
      }
      return value;
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException refused) {
      throw new IllegalArgumentException(
          damaged(kind, String.valueOf(refused.getMessage()), text), refused);
    }
  }

  private static String damaged(String kind, String why, String text) {
    return "this stored " + kind + " is damaged, " + why + ": " + Printable.quoted(text);
  }

  /** Returns the version of the text. */
  public int version() {
    return version;
  }

  private String token() {
    if (next > text.length()) {
      throw new IllegalArgumentException("it ends too early");
    }
    int end = text.indexOf(FormWriter.SEPARATOR, next);
    String token = text.substring(next, end < 0 ? text.length() : end);
    next += token.length() + 1;
    return token;
  }

  /** Returns the next whole number; afterwards, {@link #times} returns how often it is repeated. */
  public long number() {
    String token = token();
    int sign = token.indexOf(FormWriter.TIMES);
    times = sign < 0 ? 1 : Long.parseLong(token.substring(sign + 1), FormWriter.RADIX);
    return Long.parseLong(sign < 0 ? token : token.substring(0, sign), FormWriter.RADIX);
  }

  /** Returns how often the last number is repeated. */
  public long times() {
    return times;
  }

  /** Returns the next whole number, which must be an {@code int}. */
  public int integer() {
    return Math.toIntExact(number());
  }

  /** Returns the next flag. */
  public boolean flag() {
    long value = number();
    if (value != 0 && value != 1) {
      throw new IllegalArgumentException("a flag is 0 or 1 but is " + value);
    }
    return value == 1;
  }

  /** Returns the next time. */
  public Instant instant() {
    long seconds = number();
    return Instant.ofEpochSecond(seconds, times - 1);
  }

  /** Returns the next duration. */
  public Duration duration() {
    long seconds = number();
    return Duration.ofSeconds(seconds, times - 1);
  }

  /** Returns the next text. */
  public String text() {
    String token = token();
    if (token.indexOf(FormWriter.ESCAPE) < 0) {
      return token;
    }
    StringBuilder value = new StringBuilder(token.length());
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c == FormWriter.ESCAPE) {
        int end = Math.min(token.length(), i + 1 + FormWriter.ESCAPED_DIGITS);
        c = (char) Integer.parseInt(token.substring(i + 1, end), 16);
        i += FormWriter.ESCAPED_DIGITS;
      }
      value.append(c);
    }
    return value.toString();
  }

  /** Returns the next optional value. */
  public <T> Optional<T> optional(Supplier<T> read) {
    return flag() ? Optional.of(read.get()) : Optional.empty();
  }

  /** Returns the next list. */
  public <T> List<T> list(Supplier<T> read) {
    int size = integer();
    // Each value has at least two characters, so that damaged text cannot demand more memory than
    // its own size.
    if (size < 0 || size > (text.length() - next) / 2 + 1) {
      throw new IllegalArgumentException("it cannot hold " + size + " values");
    }
    List<T> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(read.get());
    }
    return values;
  }
}
