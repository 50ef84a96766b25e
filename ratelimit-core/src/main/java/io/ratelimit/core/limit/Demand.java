package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Printable;
import java.time.Instant;
import java.util.Comparator;

/**
 * That someone wants a higher limit for a while. It lapses by itself unless its owner renews it, so
 * that an owner who crashed leaves no raised limit behind.
 *
 * @param owner whose it is; there is one of each owner: 1 to {@value #MAX_OWNER_LENGTH} characters
 *     without control characters
 * @param limit what is wanted
 * @param until when it lapses; that instant is not part of it
 */
public record Demand(String owner, RateLimit limit, Instant until) {

  /** The most characters of an owner. */
  public static final int MAX_OWNER_LENGTH = 300;

  /** Faster ones are greater; of those that are as fast, the one with more permits. */
  static final Comparator<RateLimit> BY_LIMIT =
      ((Comparator<RateLimit>) Demand::compareRates)
          .thenComparingInt(RateLimit::permits)
          .thenComparingInt(RateLimit::burst);

  /**
   * Creates a demand.
   *
   * @throws IllegalArgumentException if the owner has another form
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
