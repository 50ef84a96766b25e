package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.Refusals;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.Corrected;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.KeyState;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.core.scaling.LimitLoad;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The named limits of an {@code InMemoryEventQueue} or a scope, with the state of each key that
 * matters. Guarded by their lock.
 */
final class KeyedLimits {

  private static final int MAX_FORGOTTEN = 10;

  /** A limit and its keys. */
  static final class Named extends Kept {
    NamedLimitSettings settings;
    final NavigableMap<String, Counted> keys = new TreeMap<>();

    /** The most that an event ever cost in it; 0 if none did. */
    int heaviest;

    /** The time up to which a missing key may have forgotten starts. */
    @Nullable Instant forgottenUntil;

    Named(NamedLimitSettings settings) {
      this.settings = settings;
    }

    /** Returns a state with starts forgotten that a longer window may hold. */
    KeyState known(KeyState state) {
      return forgottenUntil == null ? state : state.unknownUntil(forgottenUntil);
    }

    /** Changes the windows; forgotten starts may lie in a longer one. */
    void change(NamedLimitSettings changed, Instant now) {
      Instant until = now.minus(settings.memory());
      if (forgottenUntil == null || forgottenUntil.isBefore(until)) {
        forgottenUntil = until;
      }
      settings = changed;
    }
  }

  /** A key. */
  static final class Counted extends Kept {
    private static final Comparator<Counted> BY_LOOK =
        Comparator.<Counted, Instant>comparing(key -> key.lookAt).thenComparing(key -> key.id);

    final LimitKey id;
    final Map<Line.Id, Line> lines = new HashMap<>();
    private final Named named;
    KeyState state = KeyState.unused();
    @Nullable Pause pause;
    private int inFlight;
    private Instant lookAt;

    private Counted(LimitKey id, Named named, Instant now) {
      this.id = id;
      this.named = named;
      this.lookAt = now.plus(named.settings.memory());
    }

    private KeyState state(Instant now) {
      return named.known(state).under(named.settings, id.key(), now);
    }

    private boolean matters(Instant now) {
      return inFlight > 0
          || !lines.isEmpty()
          || (pause != null && pause.holdsAt(now))
          || !state(now).isPast(now);
    }

    boolean hasLineOf(KeyedEvents events) {
      return lines.keySet().stream().anyMatch(line -> line.events() == events);
    }

    private boolean isShown(Instant now, KeyedEvents events) {
      return inFlight > 0
          || lines.values().stream()
              .anyMatch(line -> line.id.events() == events && !line.flows.isEmpty())
          || (pause != null && pause.holdsAt(now))
          || state(now).hasStartsInWindow(now);
    }
  }

  private final boolean isScope;
  private final Changes changes;
  private final NavigableMap<String, Named> byName = new TreeMap<>();
  // Each key is examined from time to time, and forgotten when it no longer matters.
  private final NavigableSet<Counted> byLook = new TreeSet<>(Counted.BY_LOOK);

  KeyedLimits(boolean isScope, Changes changes) {
    this.isScope = isScope;
    this.changes = changes;
  }

  Changes changes() {
    return changes;
  }

  /** Whether lines of other queues than the current one may have opened. */
  private boolean othersMayStart;

  void noteOthers() {
    othersMayStart = true;
  }

  /** Returns whether that was noted since the last call. */
  boolean takeOthersMayStart() {
    boolean noted = othersMayStart;
    othersMayStart = false;
    return noted;
  }

  /** Notes that starts up to a time may be missing. */
  void forgetPast(Instant until) {
    for (Named named : byName.values()) {
      named.forgottenUntil = until;
      changes.note(named);
    }
  }

  /** Sets a limit unless one with its name exists. */
  void declare(NamedLimit limit, Instant now) {
    if (!byName.containsKey(limit.name())) {
      set(limit, now);
    }
  }

  List<NamedLimit> limits() {
    return byName.values().stream().map(named -> named.settings.limit()).toList();
  }

  /** Sets a limit, and returns the keys whose lines must be examined again. */
  @CanIgnoreReturnValue
  List<Counted> set(NamedLimit limit, Instant now) {
    Named named = byName.get(limit.name());
    if (named == null) {
      Requirements.count("limits", byName.size() + 1, 1, Limits.MAX_LIMITS);
      put(NamedLimitSettings.of(limit));
      return List.of();
    }
    changes.note(named);
    NamedLimitSettings changed = named.settings.withLimit(limit);
    if (named.settings.limit().windows().equals(limit.windows())) {
      named.settings = changed;
    } else {
      named.change(changed, now);
    }
    return List.copyOf(named.keys.values());
  }

  /** Adds a limit. */
  @CanIgnoreReturnValue
  Named put(NamedLimitSettings settings) {
    Named named = new Named(settings);
    byName.put(settings.limit().name(), named);
    changes.note(named);
    return named;
  }

  /** Returns the settings of a limit, if it exists. */
  Optional<NamedLimitSettings> settings(String limit) {
    return Optional.ofNullable(byName.get(limit)).map(named -> named.settings);
  }

  /** Changes the overrides of a limit's windows; returns the limit's keys. */
  List<Counted> override(String limit, UnaryOperator<NamedLimitSettings> change, Instant now) {
    Named named = named(limit);
    NamedLimitSettings changed = change.apply(named.settings);
    if (changed.equals(named.settings)) {
      return List.of();
    }
    changes.note(named);
    named.change(changed, now);
    return List.copyOf(named.keys.values());
  }

  /** Returns whether a demand only moves the end of an existing one. */
  boolean isRenewal(NamedDemand demand, Instant now) {
    return named(demand.keys().limit()).settings.isRenewal(demand, now);
  }

  /** Raises windows; returns the keys whose windows in force may have changed. */
  List<Counted> demand(NamedDemand demand, Instant now) {
    Named named = named(demand.keys().limit());
    changes.note(named);
    boolean isRenewal = isRenewal(demand, now);
    named.settings = named.settings.withDemand(demand, now);
    return isRenewal ? List.of() : List.copyOf(named.keys.values());
  }

  /** Ends a demand. Lines may then be examined too early, which is harmless. */
  void endDemand(KeyPattern keys, String owner, Instant now) {
    Named named = named(keys.limit());
    changes.note(named);
    named.settings = named.settings.withoutDemand(keys, owner, now);
  }

  /** Rejects events that could never start, naming the first event of the first limit by name. */
  void requireAdmissible(List<AuditEvent> events, List<List<Charge>> charges) {
    for (Named named : byName.values()) {
      for (int i = 0; i < events.size(); i++) {
        for (Charge charge : charges.get(i)) {
          int largest = named.settings.largestCost();
          if (charge.key().limit().equals(named.settings.limit().name())
              && charge.cost() > largest) {
            throw new IllegalArgumentException(
                "event "
                    + Printable.text(events.get(i).id())
                    + " "
                    + tooDear(charge, largest)
                    + "; nothing was published");
          }
        }
      }
    }
  }

  /** Remembers the largest cost of an event in each limit. */
  void noteHeaviest(List<List<Charge>> charges) {
    for (List<Charge> each : charges) {
      for (Charge charge : each) {
        Named named = named(charge.key().limit());
        if (charge.cost() > named.heaviest) {
          named.heaviest = charge.cost();
          changes.note(named);
        }
      }
    }
  }

  private static String tooDear(Charge charge, int largest) {
    return "costs "
        + charge.cost()
        + " in the limit "
        + charge.key().limit()
        + ", which admits "
        + largest
        + " at most";
  }

  /** Returns why an event could never start, if so. */
  Optional<String> refusal(Collection<Charge> charges) {
    for (Charge charge : charges) {
      int largest = named(charge.key()).settings.largestCost(charge.key().key());
      if (charge.cost() > largest) {
        return Optional.of(tooDear(charge, largest));
      }
    }
    return Optional.empty();
  }

  private Named named(String limit) {
    Named named = byName.get(limit);
    if (named == null) {
      throw new IllegalArgumentException(
          "the limit " + Printable.quoted(limit) + " is not set; set it first");
    }
    return named;
  }

  private Named named(LimitKey key) {
    return named(key.limit());
  }

  @Nullable Named find(String limit) {
    return byName.get(limit);
  }

  @Nullable Counted find(LimitKey key) {
    return named(key).keys.get(key.key());
  }

  Counted counted(LimitKey key, Instant now) {
    Named named = named(key);
    Counted counted = named.keys.get(key.key());
    if (counted == null) {
      counted = new Counted(key, named, now);
      named.keys.put(key.key(), counted);
      byLook.add(counted);
    }
    return counted;
  }

  /** Returns when a start with a charge may be made; the largest time if unknown. */
  Instant opening(Charge charge, Instant at) {
    Named named = named(charge.key());
    Counted counted = named.keys.get(charge.key().key());
    if (charge.cost() > largestCost(charge.key())) {
      // It blocks nobody: the next examination gives it up.
      return at;
    }
    OptionalInt most = named.settings.limit().maxInFlight();
    if (counted != null && most.isPresent() && counted.inFlight >= most.getAsInt()) {
      return Instant.MAX;
    }
    return openingForCall(charge, at);
  }

  /** Returns the same for a start without an attempt, which does not end. */
  Instant openingForCall(Charge charge, Instant at) {
    Named named = named(charge.key());
    Counted counted = named.keys.get(charge.key().key());
    Instant from = at;
    Optional<Pause> pause = pause(charge.key(), at);
    if (pause.isPresent()) {
      Optional<Instant> end = pause.get().until();
      if (end.isEmpty()) {
        return Instant.MAX;
      }
      from = end.get();
    }
    KeyState state = named.known(counted == null ? KeyState.unused() : counted.state);
    Instant earliest = state.earliest(named.settings, charge.key().key(), from, charge.cost());
    // Also if the pause ends within a microsecond.
    return earliest.isBefore(from) ? from : earliest;
  }

  /**
   * Returns the load of pending events on each limit, by name; limits that charge none only if
   * requested.
   */
  List<LimitLoad> loads(Loads loads, boolean all, Instant now) {
    List<LimitLoad> found = new ArrayList<>();
    for (Map.Entry<String, Named> entry : byName.entrySet()) {
      String name = entry.getKey();
      Named named = entry.getValue();
      List<LimitLoad.Key> keys = new ArrayList<>();
      int heaviest = named.heaviest == 0 ? named.settings.largestCost() : named.heaviest;
      for (Loads.Asked asked : loads.dearest(name, LimitLoad.MOST_KEYS)) {
        keys.add(load(named, asked, heaviest, now));
      }
      if (all || !keys.isEmpty()) {
        // In a scope, other queues use the keys, too, by an unknown amount.
        long others = (long) loads.keys(name) - keys.size() + (isScope ? 1 : 0);
        found.add(new LimitLoad(named.settings, heaviest, keys, others, others == 0, 0));
      }
    }
    return found;
  }

  private static LimitLoad.Key load(Named named, Loads.Asked asked, int heaviest, Instant now) {
    String key = asked.key().key();
    Counted counted = named.keys.get(key);
    Instant from = now;
    if (counted != null && counted.pause != null && counted.pause.holdsAt(now)) {
      from = counted.pause.until().orElse(Instant.MAX);
    }
    KeyState state = named.known(counted == null ? KeyState.unused() : counted.state);
    // An event that costs more than is ever admitted is given up when it is next.
    int cost = Math.min(heaviest, named.settings.largestCost(key));
    Instant opens =
        from.equals(Instant.MAX) ? from : state.earliest(named.settings, key, from, cost);
    return new LimitLoad.Key(
        asked.key(),
        asked.cost(),
        state.under(named.settings, key, now).held(now),
        counted == null ? 0 : counted.inFlight,
        opens.isAfter(now) ? Optional.of(opens) : Optional.empty());
  }

  /**
   * Returns when to examine a closed key again: when it opens, or when a demand that raises it
   * lapses, since it may have been renewed. A key with an unknown opening is not examined.
   */
  Instant lookAt(LimitKey key, Instant at, Instant opening) {
    return named(key.limit())
        .settings
        .raisedUntil(key.key(), at)
        .filter(lapse -> lapse.isBefore(opening) && opening.isBefore(Instant.MAX))
        .orElse(opening);
  }

  /** Returns the pause of a key in force, if any. */
  Optional<Pause> pause(LimitKey key, Instant at) {
    Counted counted = find(key);
    return Optional.ofNullable(counted == null ? null : counted.pause)
        .filter(pause -> pause.holdsAt(at));
  }

  /** Rejects a start without an attempt that is charged in a limit that cannot charge it. */
  void requireWindows(Collection<Charge> charges) {
    for (Charge charge : charges) {
      Named named = byName.get(charge.key().limit());
      if (named == null) {
        throw Refusals.unknown(charge.key().limit());
      } else if (named.settings.windows(charge.key().key()).isEmpty()) {
        throw Refusals.withoutWindow(charge.key().limit());
      }
    }
  }

  private int largestCost(LimitKey key) {
    return named(key).settings.largestCost(key.key());
  }

  /** Returns the charge that could never start, if any, with the most that its limit admits. */
  Optional<AcquireResult.Never> never(Collection<Charge> charges) {
    return charges.stream()
        .filter(charge -> charge.cost() > largestCost(charge.key()))
        .map(
            charge ->
                new AcquireResult.Never(
                    charge.cost(), largestCost(charge.key()), Optional.of(charge.key())))
        .findFirst();
  }

  /** Pays for a start without an attempt. */
  void pay(Collection<Charge> charges, Instant at) {
    for (Charge charge : charges) {
      Counted counted = counted(charge.key(), at);
      counted.state = counted.state(at).started(at, charge.cost());
      changes.note(counted);
    }
  }

  /** Pays for an attempt, and returns the charges that now count as in flight. */
  List<Charge> start(List<Charge> charges, Instant at) {
    pay(charges, at);
    return hold(charges, at);
  }

  /** Counts charges as in flight where limits bound that, and returns those. */
  List<Charge> hold(List<Charge> charges, Instant at) {
    List<Charge> held = new ArrayList<>();
    for (Charge charge : charges) {
      Counted counted = counted(charge.key(), at);
      if (counted.named.settings.limit().maxInFlight().isPresent()) {
        counted.inFlight++;
        held.add(charge);
      }
    }
    return held;
  }

  /**
   * Corrects the cost of a start; returns empty if that changes nothing, because it no longer
   * matters.
   */
  Optional<Corrected<KeyState>> correct(LimitKey key, Instant start, long change, Instant now) {
    return correct(key, now, state -> state.corrected(start, change, now));
  }

  /** Debits the usage of others; returns empty if that changes nothing. */
  Optional<Corrected<KeyState>> used(
      LimitKey key, Instant start, Duration period, int used, Instant now) {
    return named(key.limit()).settings.inForce(key.key(), now).stream()
        .filter(window -> window.period().equals(period))
        .findFirst()
        .flatMap(window -> correct(key, now, state -> state.used(start, window, used, now)));
  }

  private Optional<Corrected<KeyState>> correct(
      LimitKey key, Instant now, Function<KeyState, Optional<Corrected<KeyState>>> correction) {
    Counted counted = find(key);
    Optional<Corrected<KeyState>> corrected =
        counted == null ? Optional.empty() : correction.apply(counted.state(now));
    corrected.ifPresent(
        changed -> {
          requireNonNull(counted).state = changed.next();
          changes.note(counted);
        });
    return corrected;
  }

  /** Ends charges in flight; returns the keys whose lines must be examined again. */
  List<Counted> end(Collection<Charge> charges) {
    List<Counted> freed = new ArrayList<>();
    for (Charge charge : charges) {
      Counted counted = requireNonNull(find(charge.key()));
      counted.inFlight--;
      freed.add(counted);
    }
    return freed;
  }

  /** Returns whether an event that waits for a retry counts as in flight. */
  boolean retriesHold(Charge charge) {
    return named(charge.key()).settings.limit().retriesHold();
  }

  Counted pause(LimitKey key, Pause pause, Instant now) {
    Counted counted = counted(key, now);
    changes.note(counted);
    counted.pause =
        counted.pause == null || !counted.pause.holdsAt(now) || isLonger(pause, counted.pause)
            ? pause
            : counted.pause;
    return counted;
  }

  private static boolean isLonger(Pause pause, Pause other) {
    return other.until().isPresent()
        && (pause.until().isEmpty() || pause.until().get().isAfter(other.until().get()));
  }

  Optional<Counted> resume(LimitKey key) {
    Counted counted = find(key);
    if (counted != null) {
      counted.pause = null;
      changes.note(counted);
    }
    return Optional.ofNullable(counted);
  }

  /** Forgets some keys that no longer matter. O(log n) each. */
  void forgetSome(Instant now) {
    for (int n = 0; n < MAX_FORGOTTEN && !byLook.isEmpty(); n++) {
      Counted first = byLook.first();
      if (first.lookAt.isAfter(now)) {
        return;
      }
      byLook.remove(first);
      if (first.matters(now)) {
        first.lookAt = now.plus(first.named.settings.memory()).plusMillis(1);
        byLook.add(first);
      } else {
        first.named.keys.remove(first.id.key());
        changes.note(first);
      }
    }
  }

  private KeyStats stats(Counted counted, Instant now) {
    KeyState seen = counted.state(now);
    Instant opening = opening(new Charge(counted.id, 1), now);
    return new KeyStats(
        counted.id,
        counted.named.settings.inForce(counted.id.key(), now),
        seen.held(now),
        counted.inFlight,
        Optional.ofNullable(counted.pause).filter(p -> p.holdsAt(now)),
        seen.hasStartsInWindow(now) ? seen.latestStart() : Optional.empty(),
        Optional.of(opening).filter(time -> time.isBefore(Instant.MAX)));
  }

  Optional<KeyStats> stats(LimitKey key, Instant now, KeyedEvents events) {
    Named named = byName.get(key.limit());
    return Optional.ofNullable(named == null ? null : named.keys.get(key.key()))
        .filter(counted -> counted.isShown(now, events))
        .map(counted -> stats(counted, now));
  }

  List<KeyStats> stats(
      String limit, Optional<String> after, int max, Instant now, KeyedEvents events) {
    Named named = byName.get(limit);
    if (named == null) {
      return List.of();
    }
    NavigableMap<String, Counted> keys =
        after.map(key -> named.keys.tailMap(key, false)).orElse(named.keys);
    return keys.values().stream()
        .filter(key -> key.isShown(now, events))
        .limit(max)
        .map(key -> stats(key, now))
        .toList();
  }
}
