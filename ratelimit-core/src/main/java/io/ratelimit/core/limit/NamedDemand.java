package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * A request for higher windows of a named limit for a while. It expires by itself unless its owner
 * renews it, so an owner that crashed leaves no raised limit behind.
 *
 * @param keys the keys it applies to; each owner has at most one demand for the same keys
 * @param owner whose it is: 1 to {@value Demand#MAX_OWNER_LENGTH} characters without control
 *     characters
 * @param windows the wanted windows, each instead of the limit's window of the same length: 1 to
 *     {@value NamedLimit#MAX_WINDOWS}, no two of the same length
 * @param until when it expires (exclusive)
 */
public record NamedDemand(KeyPattern keys, String owner, List<RateLimit> windows, Instant until) {

  /**
   * Creates a demand.
   *
   * @throws IllegalArgumentException if the owner is invalid, there are too many windows or none,
   *     or two are equally long
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
