package io.ratelimit.core.limit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Selects keys of a named limit: one key, the keys whose names match a pattern, or all.
 *
 * @param limit the name of the limit: 1 to {@value LimitKey#MAX_NAME_LENGTH} characters, not blank
 * @param pattern the names of the keys, where {@code *} matches any characters, or none; {@code \*}
 *     for an asterisk and {@code \\} for a backslash. Up to {@value #MAX_PATTERN_LENGTH}
 *     characters, well-formed, no control characters
 */
public record KeyPattern(String limit, String pattern) {

  /** The most characters in a pattern. */
  public static final int MAX_PATTERN_LENGTH = 2 * LimitKey.MAX_KEY_LENGTH;

  private static final int MOST_PRECISE = Integer.MAX_VALUE;
  private static final char ANY = '*';
  private static final char LITERAL = '\\';

  /**
   * Creates a pattern.
   *
   * @throws IllegalArgumentException if the name or the pattern has another form
   */
  public KeyPattern {
    Names.notBlank("the name of a limit", requireNonNull(limit, "limit"), LimitKey.MAX_NAME_LENGTH);
    Names.wellFormed("the pattern of keys", requireNonNull(pattern, "pattern"), MAX_PATTERN_LENGTH);
    for (int i = 0; i < pattern.length(); i++) {
      if (pattern.charAt(i) == LITERAL) {
        i++;
        if (i == pattern.length() || (pattern.charAt(i) != ANY && pattern.charAt(i) != LITERAL)) {
          throw new IllegalArgumentException(
              "in a pattern of keys a backslash must be followed by * or another backslash but is"
                  + " not in "
                  + Printable.quoted(pattern));
        }
      }
    }
  }

  /** One key. */
  public static KeyPattern of(LimitKey key) {
    return new KeyPattern(key.limit(), key.key().replace("\\", "\\\\").replace("*", "\\*"));
  }

  /**
   * Returns all keys of a limit.
   *
   * @throws IllegalArgumentException if the name has another form
   */
  public static KeyPattern all(String limit) {
    return new KeyPattern(limit, String.valueOf(ANY));
  }

  /**
   * Returns what a name must hold, in this order: the first part at its beginning, the last one at
   * its end, and anything between two parts. One part alone is the whole name.
   */
  public List<String> parts() {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == ANY) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        i += c == LITERAL ? 1 : 0;
        part.append(pattern.charAt(i));
      }
    }
    parts.add(part.toString());
    return parts;
  }

  /** Returns the key, if it selects exactly one. */
  public Optional<LimitKey> key() {
    List<String> parts = parts();
    return parts.size() == 1 && parts.get(0).length() <= LimitKey.MAX_KEY_LENGTH
        ? Optional.of(new LimitKey(limit, parts.get(0)))
        : Optional.empty();
  }

  /** Returns whether it selects this key of its limit. */
  public boolean matches(String key) {
    if (pattern.indexOf(ANY) < 0 && pattern.indexOf(LITERAL) < 0) {
      return pattern.equals(key);
    }
    List<String> parts = parts();
    String first = parts.get(0);
    String last = parts.get(parts.size() - 1);
    if (parts.size() == 1) {
      return first.equals(key);
    }
    if (key.length() < first.length() + last.length()
        || !key.startsWith(first)
        || !key.endsWith(last)) {
      return false;
    }
    int from = first.length();
    int to = key.length() - last.length();
    for (String part : parts.subList(1, parts.size() - 1)) {
      int found = key.indexOf(part, from);
      if (found < 0 || found + part.length() > to) {
        return false;
      }
      from = found + part.length();
    }
    return true;
  }

  /**
   * Returns how precise it is: if a key matches two patterns, the more precise one counts. A single
   * key is more precise than any pattern, and a longer pattern is more precise than a shorter one,
   * in bytes of UTF-8 without asterisks.
   */
  public int precision() {
    List<String> parts = parts();
    return parts.size() == 1
        ? MOST_PRECISE
        : parts.stream().mapToInt(part -> part.getBytes(UTF_8).length).sum();
  }

  /** For example {@code account "a1"} or {@code account "vip-*"}; for people to read. */
  @Override
  public String toString() {
    String shown = Printable.text(limit);
    return pattern.isEmpty() ? shown : shown + " " + Printable.quoted(pattern);
  }
}
