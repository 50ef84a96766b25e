package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Windows of some keys of a named limit, instead of the limit's own.
 *
 * @param keys the keys that have them
 * @param windows all hold at once: 1 to {@value NamedLimit#MAX_WINDOWS}, no two of the same length
 */
public record LimitOverride(KeyPattern keys, List<RateLimit> windows) {

  /**
   * Creates an override.
   *
   * @throws IllegalArgumentException if there are too many windows or none, or two are equally long
   */
  public LimitOverride {
    requireNonNull(keys, "keys");
    windows = NamedLimit.checkedWindows("of the override for " + keys, windows, 1);
  }

  /** Returns the most that one attempt may cost. */
  public int largestCost() {
    return NamedLimit.largestCost(windows);
  }
}
