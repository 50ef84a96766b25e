package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Printable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All settings of a queue's limit, as one value with a version: the normal limit, how far it may be
 * raised, the demands for a higher one, and whether starts are paused. {@link #inForce} returns the
 * limit in force.
 *
 * <p>Setting a value that is already set returns an equal value with the same version. Immutable
 * and thread-safe.
 *
 * @param normal the limit while nobody demands a higher one
 * @param ceiling the most that demands can raise the limit to; without one, they raise it as far as
 *     they say
 * @param demands the demands for a higher limit, at most {@value #MAX_DEMANDS}; some may have
 *     expired
 * @param pause the pause, if there is one; it may have ended
 * @param version grows by one with each change of the settings, except a change of a demand that
 *     does not change the limit in force
 */
public record LimitSettings(
    RateLimit normal,
    Optional<RateLimit> ceiling,
    List<Demand> demands,
    Optional<Pause> pause,
    long version) {

  /** The maximum number of demands at a time. One more replaces the demand that raises least. */
  public static final int MAX_DEMANDS = 32;

  private static final Comparator<Demand> HIGHEST =
      Comparator.comparing(Demand::limit, Demand.BY_LIMIT).thenComparing(Demand::until);

  /**
   * Creates settings.
   *
   * @throws IllegalArgumentException if there are more than {@value #MAX_DEMANDS} demands
   */
  public LimitSettings {
    requireNonNull(normal, "normal");
    requireNonNull(ceiling, "ceiling");
    demands = List.copyOf(demands);
    requireNonNull(pause, "pause");
    if (demands.size() > MAX_DEMANDS) {
      throw new IllegalArgumentException(
          "demands must be at most " + MAX_DEMANDS + " but are " + demands.size());
    }
  }

  /**
   * Returns the first settings of a queue: this limit, no ceiling, no demand, no pause, version 1.
   */
  public static LimitSettings of(RateLimit normal) {
    return new LimitSettings(normal, Optional.empty(), List.of(), Optional.empty(), 1);
  }

  /**
   * Returns the limit in force at a time: the highest demand at that time, otherwise the normal
   * limit.
   */
  public RateLimit inForce(Instant now) {
    return raised(now).map(Demand::limit).orElse(normal);
  }

  /**
   * Returns whether a demand raises the limit at a time. One that is not faster than normal does
   * not.
   */
  public boolean isEmergency(Instant now) {
    return raised(now).isPresent();
  }

  /** Returns when the demand that raises the limit expires, if there is one. */
  public Optional<Instant> raisedUntil(Instant now) {
    return raised(now).map(Demand::until);
  }

  /** Returns the unexpired demand of an owner at a time, as it was stated. */
  public Optional<Demand> demandOf(String owner, Instant now) {
    return demands.stream().filter(d -> d.owner().equals(owner) && d.isLive(now)).findFirst();
  }

  /**
   * Returns the demand in force, with the limit in force: the highest demand under the ceiling; of
   * equal ones, the one that expires last.
   */
  Optional<Demand> raised(Instant now) {
    Demand highest = null;
    for (Demand demand : demands) {
      if (demand.isLive(now)) {
        Demand admitted = new Demand(demand.owner(), underCeiling(demand.limit()), demand.until());
        if (highest == null || HIGHEST.compare(admitted, highest) > 0) {
          highest = admitted;
        }
      }
    }
    return highest != null && highest.limit().isFasterThan(normal)
        ? Optional.of(highest)
        : Optional.empty();
  }

  /**
   * Returns a demanded limit if every schedule under it also obeys the ceiling; otherwise, an
   * equally fast limit with the ceiling's window, or the ceiling.
   */
  RateLimit underCeiling(RateLimit limit) {
    return ceiling.map(limit::under).orElse(limit);
  }

  /** Returns whether starts are paused at a time. */
  public boolean isPaused(Instant now) {
    return pause.isPresent() && pause.get().holdsAt(now);
  }

  /** Returns the largest weight that can ever start: the permits of the normal limit. */
  public int largestWeight() {
    return normal.permits();
  }

  /** Returns these settings with another normal limit; ceiling, demands and pause stay. */
  public LimitSettings withNormal(RateLimit limit) {
    return limit.equals(normal)
        ? this
        : new LimitSettings(limit, ceiling, demands, pause, version + 1);
  }

  /** Returns these settings with another ceiling. */
  public LimitSettings withCeiling(RateLimit limit) {
    return withCeiling(Optional.of(limit));
  }

  /** Returns these settings without a ceiling. */
  public LimitSettings withoutCeiling() {
    return withCeiling(Optional.empty());
  }

  private LimitSettings withCeiling(Optional<RateLimit> limit) {
    return limit.equals(ceiling)
        ? this
        : new LimitSettings(normal, limit, demands, pause, version + 1);
  }

  /**
   * Returns these settings with a demand, which replaces its owner's previous one. The version
   * changes only if the limit in force does. Expired demands are dropped.
   *
   * @param now the time
   */
  public LimitSettings withDemand(Demand demand, Instant now) {
    List<Demand> next = new ArrayList<>();
    boolean replaced = false;
    for (Demand other : demands) {
      if (other.owner().equals(demand.owner())) {
        next.add(demand);
        replaced = true;
      } else if (other.isLive(now)) {
        next.add(other);
      }
    }
    if (!replaced) {
      next.add(demand);
    }
    if (next.size() > MAX_DEMANDS) {
      Demand least = next.get(0);
      for (Demand other : next) {
        least = HIGHEST.compare(other, least) < 0 ? other : least;
      }
      next.remove(least);
    }
    return withDemands(next, now);
  }

  /** Returns these settings without the demand of an owner. */
  public LimitSettings withoutDemand(String owner, Instant now) {
    return withDemands(
        demands.stream().filter(d -> d.isLive(now) && !d.owner().equals(owner)).toList(), now);
  }

  private LimitSettings withDemands(List<Demand> next, Instant now) {
    LimitSettings changed = new LimitSettings(normal, ceiling, next, pause, version);
    return changed.inForce(now).equals(inForce(now))
        ? changed
        : new LimitSettings(normal, ceiling, next, pause, version + 1);
  }

  /** Returns these settings with a pause; of two pauses, the longer one holds. */
  public LimitSettings withPause(Pause another) {
    Pause longer = pause.map(another::longer).orElse(another);
    return pause.equals(Optional.of(longer))
        ? this
        : new LimitSettings(normal, ceiling, demands, Optional.of(longer), version + 1);
  }

  /** Returns these settings without a pause. */
  public LimitSettings resumed() {
    return pause.isEmpty()
        ? this
        : new LimitSettings(normal, ceiling, demands, Optional.empty(), version + 1);
  }

  /**
   * A request for a higher limit for a while. It expires by itself unless its owner renews it, so
   * an owner that crashed leaves no raised limit behind.
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
}
