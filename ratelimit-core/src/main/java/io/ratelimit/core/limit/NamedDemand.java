package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * That someone wants higher windows of a named limit for a while. It lapses by itself unless its
 * owner renews it, so that an owner who crashed leaves no raised limit behind.
 *
 * @param keys for which keys; there is one demand of each owner for the same keys
 * @param owner whose it is: 1 to {@value Demand#MAX_OWNER_LENGTH} characters without control
 *     characters
 * @param windows what is wanted, each in place of the limit's window of the same length: 1 to
 *     {@value NamedLimit#MAX_WINDOWS}, no two of the same length
 * @param until when it lapses; that instant is not part of it
 */
public record NamedDemand(KeyPattern keys, String owner, List<RateLimit> windows, Instant until) {

  /**
   * Creates a demand.
   *
   * @throws IllegalArgumentException if the owner has another form, there are too many windows or
   *     none, or two are equally long
   */
  public NamedDemand {
    requireNonNull(keys, "keys");
    Demand.requireOwner(owner);
    windows = NamedLimit.checkedWindows("of the demand for " + keys, windows, 1);
    requireNonNull(until, "until");
  }

  boolean isOf(KeyPattern otherKeys, String otherOwner) {
    return owner.equals(otherOwner) && keys.equals(otherKeys);
  }
}
