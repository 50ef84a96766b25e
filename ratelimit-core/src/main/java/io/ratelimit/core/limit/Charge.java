package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;

/**
 * What one attempt of an event costs in one named limit.
 *
 * @param key where it is counted
 * @param cost how much, 1 to {@value RateLimit#MAX_PERMITS}
 */
public record Charge(LimitKey key, int cost) {

  /** The most charges of one event. */
  public static final int MAX_CHARGES = 8;

  /**
   * Creates a charge.
   *
   * @throws IllegalArgumentException if the cost is outside its range
   */
  public Charge {
    requireNonNull(key, "key");
    Requirements.between("the cost in the limit " + key, cost, 1, RateLimit.MAX_PERMITS);
  }
}
