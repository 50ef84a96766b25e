package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Printable;
import java.time.Instant;
import java.util.Comparator;

/**
 * A request for a higher limit for a while. It expires by itself unless its owner renews it, so an
 * owner that crashed leaves no raised limit behind.
 *
 * @param owner its owner, who has at most one demand: 1 to {@value #MAX_OWNER_LENGTH} characters
 *     without control characters
 * @param limit what is wanted
 * @param until when it expires (exclusive)
 */
public record Demand(String owner, RateLimit limit, Instant until) {

  /** The most characters of an owner. */
  public static final int MAX_OWNER_LENGTH = 300;

  /**
   * Orders faster limits after slower ones; of equally fast ones, the one with more permits is
   * greater.
   */
  static final Comparator<RateLimit> BY_LIMIT =
      ((Comparator<RateLimit>) Demand::compareRates)
          .thenComparingInt(RateLimit::permits)
          .thenComparingInt(RateLimit::burst);

  /**
   * Creates a demand.
   *
   * @throws IllegalArgumentException if the owner is invalid
   */
  public Demand {
    requireOwner(owner);
    requireNonNull(limit, "limit");
    requireNonNull(until, "until");
  }

  /**
   * Checks an owner's form, and returns it.
   *
   * @throws IllegalArgumentException if it has another one
   */
  @CanIgnoreReturnValue
  public static String requireOwner(String owner) {
    if (owner.isEmpty()
        || owner.length() > MAX_OWNER_LENGTH
        || owner.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "the owner of a demand must be 1 to "
              + MAX_OWNER_LENGTH
              + " characters without control characters but is "
              + Printable.quoted(owner));
    }
    return owner;
  }

  private static int compareRates(RateLimit one, RateLimit other) {
    if (one.isFasterThan(other)) {
      return 1;
    }
    return other.isFasterThan(one) ? -1 : 0;
  }

  boolean isLive(Instant now) {
    return now.isBefore(until);
  }
}
