package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import java.util.Comparator;

/**
 * What a named limit counts separately: each key of a limit has its own windows.
 *
 * @param limit the name of the limit: 1 to {@value #MAX_NAME_LENGTH} characters, not blank,
 *     well-formed, no control characters
 * @param key for example an account: up to {@value #MAX_KEY_LENGTH} characters, well-formed, no
 *     control characters; empty for a limit without a key, which all share
 */
public record LimitKey(String limit, String key) implements Comparable<LimitKey> {

  /** The most characters in the name of a limit. */
  public static final int MAX_NAME_LENGTH = 64;

  /** The most characters in a key. */
  public static final int MAX_KEY_LENGTH = 256;

  private static final Comparator<LimitKey> ORDER =
      Comparator.comparing(LimitKey::limit).thenComparing(LimitKey::key);

  /**
   * Creates a key of a limit.
   *
   * @throws IllegalArgumentException if the name or the key has another form
   */
  public LimitKey {
    Names.notBlank("the name of a limit", requireNonNull(limit, "limit"), MAX_NAME_LENGTH);
    Names.wellFormed("the key of an event in a limit", requireNonNull(key, "key"), MAX_KEY_LENGTH);
  }

  @Override
  public int compareTo(LimitKey other) {
    return ORDER.compare(this, other);
  }

  /** For example {@code account "a1"}, or {@code address}; for people to read. */
  @Override
  public String toString() {
    String shown = Printable.text(limit);
    return key.isEmpty() ? shown : shown + " " + Printable.quoted(key);
  }
}
