package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import io.ratelimit.core.limit.RateLimit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the work that waits asks of one named limit: what it costs in the keys that are asked for
 * most, and how these stand.
 *
 * <p>Of more than {@value #MOST_KEYS} keys, those are listed in which the work that waits costs
 * most. Of each other one it is known that the work costs no more there than in the last one
 * listed; how much of its windows is used is usually not known.
 *
 * @param settings the limit, what some keys have in place of its windows, and who demands higher
 *     ones
 * @param heaviest the most that one event costs in it, at least 1: an upper bound
 * @param keys the keys that are asked for most, the dearest first
 * @param otherKeys how many more are asked for; one more where other queues share the limit, as it
 *     is not known what waits there
 * @param othersUnused whether it is known that nothing is used of those
 * @param uncounted how many more events may be charged in this limit, in whichever key, that are
 *     counted in none: they wait for a retry or a delayed start
 */
public record LimitLoad(
    NamedLimitSettings settings,
    int heaviest,
    List<Key> keys,
    long otherKeys,
    boolean othersUnused,
    long uncounted) {

  /** So many keys are listed. */
  public static final int MOST_KEYS = 32;

  /** Later than anything that is planned. */
  private static final Instant LAPSE = Instant.parse("9999-01-01T00:00:00Z");

  /**
   * A key, and what is asked of it.
   *
   * @param key the key
   * @param cost what one attempt at each event that waits costs in it together
   * @param held what the starts in each window cost, in the order of the limit's windows; empty:
   *     nothing is held in any
   * @param inFlight how many attempts count as in flight, if the limit bounds them
   * @param opens when its windows or a pause allow the next start of the heaviest event, if not at
   *     once; {@link Instant#MAX}: not before somebody resumes it
   */
  public record Key(
      LimitKey key, long cost, List<Long> held, int inFlight, Optional<Instant> opens) {

    /**
     * Creates a key.
     *
     * @throws IllegalArgumentException if a number is negative
     */
    public Key {
      requireNonNull(key, "key");
      requireNonNull(opens, "opens");
      held = held.stream().allMatch(each -> each == 0) ? List.of() : List.copyOf(held);
      if (cost < 0 || inFlight < 0) {
        throw new IllegalArgumentException(
            "nothing about the key "
                + key
                + " is negative, but its cost is "
                + cost
                + " and in flight are "
                + inFlight);
      }
    }

    /** Returns a key of which nothing is used. */
    public static Key unused(LimitKey key, long cost) {
      return new Key(key, cost, List.of(), 0, Optional.empty());
    }

    /** Returns the cost of the starts in a window. */
    long held(int window) {
      return window < held.size() ? held.get(window) : 0;
    }
  }

  /**
   * Creates a load.
   *
   * @throws IllegalArgumentException if there are more than {@value #MOST_KEYS} keys, the heaviest
   *     costs less than 1, or a number is negative
   */
  public LimitLoad {
    requireNonNull(settings, "settings");
    keys = List.copyOf(keys);
    Requirements.count("the keys of a load", keys.size(), 0, MOST_KEYS);
    Requirements.atLeast("the heaviest cost", heaviest, 1);
    if (otherKeys < 0 || uncounted < 0) {
      throw new IllegalArgumentException(
          "nothing about the load on "
              + Printable.quoted(settings.limit().name())
              + " is negative, but there are "
              + otherKeys
              + " other keys and "
              + uncounted
              + " events that are not counted");
    }
  }

  /** Returns the name of the limit. */
  public String name() {
    return settings.limit().name();
  }

  /** Returns this load while nobody demands higher windows. */
  public LimitLoad normal() {
    return settings.demands().isEmpty() ? this : with(settings.limit(), List.of());
  }

  /**
   * Returns this load while somebody demands these windows for all keys, and nobody else does: each
   * key has them as far as the ceiling allows.
   *
   * @throws IllegalArgumentException if there are too many windows or none, or two are equally long
   */
  public LimitLoad raisedTo(List<RateLimit> windows) {
    NamedDemand demand = new NamedDemand(KeyPattern.all(name()), "plan", windows, LAPSE);
    return with(settings.limit(), List.of(demand));
  }

  /** Returns this load with other windows and without demands. */
  LimitLoad under(List<RateLimit> windows) {
    NamedLimit limit = settings.limit();
    return with(
        new NamedLimit(name(), windows, limit.maxInFlight(), limit.retriesHold()), List.of());
  }

  private LimitLoad with(NamedLimit limit, List<NamedDemand> demands) {
    NamedLimitSettings other = new NamedLimitSettings(limit, settings.overrides(), demands);
    return new LimitLoad(other, heaviest, keys, otherKeys, othersUnused, uncounted);
  }

  /** Returns this load and so many events more of which it is not known what they are charged. */
  public LimitLoad plusUncounted(long more) {
    return more <= 0
        ? this
        : new LimitLoad(settings, heaviest, keys, otherKeys, othersUnused, uncounted + more);
  }
}
