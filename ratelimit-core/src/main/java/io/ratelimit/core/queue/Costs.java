package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The actual cost of an attempt in the limits that it paid in, as far as it differs from the
 * reserved cost. Immutable.
 *
 * @param permits what it cost in the queue's own limit: 0 to {@value RateLimit#MAX_PERMITS}; empty:
 *     as much as the event weighs
 * @param named what it cost in named limits, by their names: 0 to {@value RateLimit#MAX_PERMITS}
 * @param usages the usage of limits that an API reported, by anyone
 */
public record Costs(OptionalInt permits, Map<String, Integer> named, List<Usage> usages) {

  /** The most usages that can be told at once. */
  public static final int MAX_USAGES = 16;

  private static final Costs NONE = new Costs(OptionalInt.empty(), Map.of(), List.of());

  /**
   * The usage of a limit that an API reported.
   *
   * @param limit the name of the limit that it is about
   * @param period the period of one of its windows
   * @param used how much was used in this period, including the attempt: 0 to {@value
   *     RateLimit#MAX_PERMITS}
   */
  public record Usage(String limit, Duration period, int used) {

    /**
     * Creates a usage.
     *
     * @throws IllegalArgumentException if a value is outside its range
     */
    public Usage {
      Requirements.notBlank("the name of a limit", requireNonNull(limit, "limit"));
      Requirements.positive("period", period);
      Requirements.between("what is used of a limit", used, 0, RateLimit.MAX_PERMITS);
    }
  }

  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if a cost is outside its range, or there are too many
   */
  public Costs {
    permits.ifPresent(cost -> requireCost("the cost in the queue's own limit", cost));
    named = Map.copyOf(named);
    named.forEach((name, cost) -> requireCost("the cost in the limit " + name, cost));
    usages = List.copyOf(usages);
    Requirements.count("costs", named.size(), 0, Limits.MAX_LIMITS);
    Requirements.count("usages", usages.size(), 0, MAX_USAGES);
  }

  private static void requireCost(String what, int cost) {
    Requirements.between(what, cost, 0, RateLimit.MAX_PERMITS);
  }

  /** Returns costs without any correction. */
  public static Costs asReserved() {
    return NONE;
  }

  /** Returns whether there is no correction. */
  public boolean isEmpty() {
    return permits.isEmpty() && named.isEmpty() && usages.isEmpty();
  }

  /**
   * Returns these costs, with another one in the queue's own limit.
   *
   * @throws IllegalArgumentException if the cost is outside its range
   */
  public Costs withPermits(int cost) {
    return new Costs(OptionalInt.of(cost), named, usages);
  }

  /**
   * Returns these costs, with another one in a named limit, for the key under which the attempt
   * paid in it.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public Costs with(String limit, int cost) {
    LimitKey unused = new LimitKey(limit, "");
    Map<String, Integer> more = new HashMap<>(named);
    more.put(limit, cost);
    return new Costs(permits, more, usages);
  }

  /**
   * Returns these costs with a usage that an API reported, which replaces an earlier one of the
   * same limit and period.
   *
   * @throws IllegalArgumentException if they are too many
   */
  public Costs with(Usage usage) {
    List<Usage> more = new ArrayList<>(usages);
    more.removeIf(
        other -> other.limit().equals(usage.limit()) && other.period().equals(usage.period()));
    more.add(usage);
    return new Costs(permits, named, more);
  }
}
