package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The cost of a start without an event: permits of a queue's own limit, and costs in keys of named
 * limits. The start is made when all of them admit it, and takes from all or from none.
 *
 * <pre>{@code
 * Charges order = Charges.of("address", 5).and("account", "a1", 1);
 * }</pre>
 *
 * @param permits of the queue's own limit, which is not used if this is 0: 0 to {@value
 *     RateLimit#MAX_PERMITS}
 * @param named in named limits, in the order of their keys; up to {@value Charge#MAX_CHARGES}, no
 *     two of the same key
 */
public record Charges(int permits, List<Charge> named) {

  /**
   * Creates charges.
   *
   * @throws IllegalArgumentException if they are none or too many, two are of the same key, or a
   *     number is outside its range
   */
  public Charges {
    named = named.stream().sorted(Comparator.comparing(Charge::key)).toList();
    Requirements.between(
        "number of permits", permits, named.isEmpty() ? 1 : 0, RateLimit.MAX_PERMITS);
    Requirements.count("the charges of a start", named.size(), 0, Charge.MAX_CHARGES);
    for (int i = 1; i < named.size(); i++) {
      if (named.get(i).key().equals(named.get(i - 1).key())) {
        throw new IllegalArgumentException(
            "a start can be charged only once in each key but is charged twice in "
                + named.get(i).key());
      }
    }
  }

  /**
   * Permits of the queue's own limit only.
   *
   * @throws IllegalArgumentException if they are not 1 to {@value RateLimit#MAX_PERMITS}
   */
  public static Charges permits(int permits) {
    return new Charges(permits, List.of());
  }

  /**
   * Returns a cost in a named limit that all share.
   *
   * @throws IllegalArgumentException if the name has another form, or the cost is outside its range
   */
  public static Charges of(String limit, int cost) {
    return of(limit, "", cost);
  }

  /**
   * Returns a cost in one key of a named limit.
   *
   * @throws IllegalArgumentException if the name or the key has another form, or the cost is
   *     outside its range
   */
  public static Charges of(String limit, String key, int cost) {
    return new Charges(0, List.of(new Charge(new LimitKey(limit, key), cost)));
  }

  /**
   * Returns these charges and a cost in a named limit that all share.
   *
   * @throws IllegalArgumentException as for {@link #of(String, int)}, or if they are too many or
   *     charge it already
   */
  public Charges and(String limit, int cost) {
    return and(limit, "", cost);
  }

  /**
   * Returns these charges and a cost in one key of a named limit.
   *
   * @throws IllegalArgumentException as for {@link #of(String, String, int)}, or if they are too
   *     many or charge it already
   */
  public Charges and(String limit, String key, int cost) {
    List<Charge> all = new ArrayList<>(named);
    all.add(new Charge(new LimitKey(requireNonNull(limit, "limit"), key), cost));
    return new Charges(permits, all);
  }

  /**
   * Returns these charges and a number of permits of the queue's own limit.
   *
   * @throws IllegalArgumentException if the number is outside its range
   */
  public Charges withPermits(int newPermits) {
    return new Charges(newPermits, named);
  }
}
