package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.form.FormReader;
import io.ratelimit.core.internal.form.FormWriter;
import io.ratelimit.core.limit.LimitSettings.Demand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a named limit, as one value: the declaration, the overrides of its windows for
 * some keys, and the demands for higher windows. {@link #inForce} returns the windows in force for
 * a key.
 *
 * <p>Immutable and thread-safe.
 *
 * @param limit the limit
 * @param overrides the windows of some keys, at most {@value #MAX_OVERRIDES}, the more precise ones
 *     first, and of equally precise ones the one that was set last
 * @param demands the demands for higher windows, at most {@value #MAX_DEMANDS}; some may have
 *     expired
 */
public record NamedLimitSettings(
    NamedLimit limit, List<LimitOverride> overrides, List<NamedDemand> demands) {

  /** The most overrides of a limit. */
  public static final int MAX_OVERRIDES = 100;

  /** The maximum number of demands of a limit at a time. One more replaces the first to expire. */
  public static final int MAX_DEMANDS = 32;

  private static final String KIND = "named-limit-settings";
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * Creates settings.
   *
   * @throws IllegalArgumentException if there are too many overrides or demands
   */
  public NamedLimitSettings {
    requireNonNull(limit, "limit");
    overrides = List.copyOf(overrides);
    demands = List.copyOf(demands);
    Requirements.count("the overrides of a limit", overrides.size(), 0, MAX_OVERRIDES);
    Requirements.count("the demands of a limit", demands.size(), 0, MAX_DEMANDS);
  }

  /** Returns the settings of a limit without overrides and demands. */
  public static NamedLimitSettings of(NamedLimit limit) {
    return new NamedLimitSettings(limit, List.of(), List.of());
  }

  /**
   * Returns settings that were kept as text.
   *
   * @param text what {@link #toText} of this version of the library or an earlier one returned
   * @throws IllegalArgumentException if it is something else, of a version that is not known yet,
   *     or damaged
   */
  public static NamedLimitSettings parse(String text) {
    return FormReader.read(text, KIND, LimitForms.VERSION, LimitForms::named);
  }

  /**
   * Returns all of the settings as text for a store to keep, in the form of {@link
   * LimitState#toText}.
   */
  public String toText() {
    FormWriter form = new FormWriter(KIND, LimitForms.VERSION);
    LimitForms.write(form, this);
    return form.end();
  }

  /** Returns the override of the limit's windows for a key, if there is one. */
  public Optional<LimitOverride> overrideOf(String key) {
    for (LimitOverride override : overrides) {
      if (override.keys().matches(key)) {
        return Optional.of(override);
      }
    }
    return Optional.empty();
  }

  /** Returns the windows of a key while nobody demands higher ones. */
  public List<RateLimit> windows(String key) {
    return overrides.isEmpty()
        ? limit.windows()
        : overrideOf(key).map(LimitOverride::windows).orElse(limit.windows());
  }

  /**
   * Returns the windows in force for a key at a time: for each, the highest demand, up to the
   * ceiling, while that is faster than the normal window.
   */
  public List<RateLimit> inForce(String key, Instant now) {
    List<RateLimit> normal = windows(key);
    if (demands.isEmpty()) {
      return normal;
    }
    return normal.stream()
        .map(
            window -> {
              Raise raise = raise(key, window, Micros.of(now));
              return raise == null ? window : raise.limit;
            })
        .toList();
  }

  /**
   * Returns when the first of the demands lapses that raise a window of a key at a time, if one
   * does.
   */
  public Optional<Instant> raisedUntil(String key, Instant now) {
    long lapse = raisedUntil(key, Micros.of(now));
    return lapse == NEVER ? Optional.empty() : Optional.of(Micros.toInstant(lapse));
  }

  long raisedUntil(String key, long now) {
    long first = NEVER;
    if (!demands.isEmpty()) {
      for (RateLimit window : windows(key)) {
        Raise raise = raise(key, window, now);
        first = raise == null ? first : Math.min(first, raise.lapse);
      }
    }
    return first;
  }

  private record Raise(RateLimit limit, long lapse) {
    boolean isHigher(Raise other) {
      int higher = Demand.BY_LIMIT.compare(limit, other.limit);
      return higher > 0 || (higher == 0 && lapse > other.lapse);
    }
  }

  private @Nullable Raise raise(String key, RateLimit window, long now) {
    RateLimit ceiling = ofLength(window, limit.ceiling());
    if (ceiling == null) {
      return null;
    }
    Raise highest = null;
    for (NamedDemand demand : demands) {
      long lapse = ceiling(demand.until());
      RateLimit wanted = lapse <= now ? null : ofLength(window, demand.windows());
      if (wanted != null && demand.keys().matches(key)) {
        Raise raise = new Raise(wanted.under(ceiling), lapse);
        highest = highest == null || raise.isHigher(highest) ? raise : highest;
      }
    }
    return highest != null && highest.limit.isFasterThan(window) ? highest : null;
  }

  private static @Nullable RateLimit ofLength(RateLimit window, List<RateLimit> windows) {
    for (RateLimit other : windows) {
      if (other.windowMicros() == window.windowMicros()) {
        return other;
      }
    }
    return null;
  }

  private static long ceiling(Instant instant) {
    long floor = Micros.of(instant);
    return Micros.toInstant(floor).isBefore(instant) ? floor + 1 : floor;
  }

  /** Returns the most that one attempt of a key may cost. */
  public int largestCost(String key) {
    return NamedLimit.largestCost(windows(key));
  }

  /** Returns the most that one attempt of any key may cost. */
  public int largestCost() {
    int largest = limit.largestCost();
    for (LimitOverride override : overrides) {
      largest = Math.max(largest, override.largestCost());
    }
    return largest;
  }

  /**
   * For how long starts are remembered: the longest window of any key. A key gets no longer one
   * without a change of these settings.
   */
  public Duration memory() {
    long longest = NamedLimit.longestMicros(limit.windows());
    for (LimitOverride override : overrides) {
      longest = Math.max(longest, NamedLimit.longestMicros(override.windows()));
    }
    return Micros.toDuration(longest);
  }

  /** Returns these settings with another limit; overrides and demands stay. */
  public NamedLimitSettings withLimit(NamedLimit other) {
    return new NamedLimitSettings(other, overrides, demands);
  }

  /**
   * Returns these settings with an override, which replaces the one of the same keys.
   *
   * @throws IllegalArgumentException if it is one more than {@value #MAX_OVERRIDES}
   */
  public NamedLimitSettings withOverride(LimitOverride override) {
    List<LimitOverride> next = new ArrayList<>(withoutOverride(override.keys()).overrides);
    if (next.size() == MAX_OVERRIDES) {
      throw crowded(limit.name());
    }
    int at = 0;
    while (at < next.size() && next.get(at).keys().precision() > override.keys().precision()) {
      at++;
    }
    next.add(at, override);
    return new NamedLimitSettings(limit, next, demands);
  }

  /** Returns what tells that a limit has {@value #MAX_OVERRIDES} overrides, and gets no more. */
  public static IllegalArgumentException crowded(String limit) {
    return new IllegalArgumentException(
        "the limit "
            + Printable.quoted(limit)
            + " has "
            + MAX_OVERRIDES
            + " overrides, the most there can be; remove one, or set one for several keys by a"
            + " pattern");
  }

  /** Returns these settings without the override of these keys. */
  public NamedLimitSettings withoutOverride(KeyPattern keys) {
    return new NamedLimitSettings(
        limit,
        overrides.stream().filter(override -> !override.keys().equals(keys)).toList(),
        demands);
  }

  /**
   * Returns these settings with a demand, which replaces the one that its owner had for the same
   * keys. Demands that have lapsed are forgotten.
   */
  public NamedLimitSettings withDemand(NamedDemand demand, Instant now) {
    List<NamedDemand> next =
        new ArrayList<>(withoutDemand(demand.keys(), demand.owner(), now).demands);
    if (next.size() == MAX_DEMANDS) {
      NamedDemand first = next.get(0);
      for (NamedDemand other : next) {
        first = other.until().isBefore(first.until()) ? other : first;
      }
      next.remove(first);
    }
    next.add(demand);
    return new NamedLimitSettings(limit, overrides, next);
  }

  /** Returns these settings without the demand of an owner for these keys. */
  public NamedLimitSettings withoutDemand(KeyPattern keys, String owner, Instant now) {
    return new NamedLimitSettings(
        limit,
        overrides,
        demands.stream()
            .filter(other -> now.isBefore(other.until()) && !other.isOf(keys, owner))
            .toList());
  }

  /**
   * Returns whether a demand raises nothing that this owner's demand for the same keys does not
   * raise now: it only moves its end.
   */
  public boolean isRenewal(NamedDemand demand, Instant now) {
    return demands.stream()
        .anyMatch(
            other ->
                other.isOf(demand.keys(), demand.owner())
                    && now.isBefore(other.until())
                    && other.windows().equals(demand.windows()));
  }

  /**
   * Windows of some keys of a named limit, instead of the limit's own.
   *
   * @param keys the keys that have them
   * @param windows all hold at once: 1 to {@value NamedLimit#MAX_WINDOWS}, no two of the same
   *     length
   */
  public record LimitOverride(KeyPattern keys, List<RateLimit> windows) {

    /**
     * Creates an override.
     *
     * @throws IllegalArgumentException if there are too many windows or none, or two are equally
     *     long
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

  /**
   * A request for higher windows of a named limit for a while. It expires by itself unless its
   * owner renews it, so an owner that crashed leaves no raised limit behind.
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
}
