package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.Refusals;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.KeyState;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.KeyStats;
import io.ratelimit.core.queue.Limits;
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
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The named limits of one {@code InMemoryEventQueue}, or of all of a scope, and of each key that
 * matters what it has spent. Guarded by their lock.
 */
final class KeyedLimits {

  private static final int MAX_FORGOTTEN = 10;

  /** A limit, and its keys. */
  private static final class Named {
    NamedLimit limit;
    final NavigableMap<String, Counted> keys = new TreeMap<>();

    /** Up to when a key that is not there may have been used without anybody remembering. */
    @Nullable Instant forgottenUntil;

    Named(NamedLimit limit) {
      this.limit = limit;
    }

    /** A state under the windows, where starts were forgotten that a longer window may hold. */
    KeyState under(KeyState state) {
      KeyState under = state.under(limit.windows());
      return forgottenUntil == null ? under : under.unknownUntil(forgottenUntil);
    }

    Duration longestWindow() {
      return limit.windows().stream()
          .map(RateLimit::window)
          .max(Comparator.naturalOrder())
          .orElse(Duration.ZERO);
    }
  }

  /** One key. */
  static final class Counted {
    private static final Comparator<Counted> BY_LOOK =
        Comparator.<Counted, Instant>comparing(key -> key.lookAt).thenComparing(key -> key.id);

    final LimitKey id;
    final Map<Line.Id, Line> lines = new HashMap<>();
    private final Named named;
    private KeyState state = KeyState.unused();
    private int inFlight;
    private @Nullable Pause pause;
    private Instant lookAt;

    private Counted(LimitKey id, Named named, Instant now) {
      this.id = id;
      this.named = named;
      this.lookAt = now.plus(named.longestWindow());
    }

    private KeyState state() {
      return named.under(state);
    }

    private boolean matters(Instant now) {
      return inFlight > 0
          || !lines.isEmpty()
          || (pause != null && pause.holdsAt(now))
          || hasStarts(now);
    }

    /** Whether some of its starts are in a window. */
    private boolean hasStarts(Instant now) {
      return state().latestStart().isPresent() && !state().isPast(now);
    }

    boolean hasLineOf(KeyedEvents events) {
      return lines.keySet().stream().anyMatch(line -> line.events() == events);
    }

    private boolean isShown(Instant now, KeyedEvents events) {
      return inFlight > 0
          || lines.values().stream()
              .anyMatch(line -> line.id.events() == events && !line.flows.isEmpty())
          || (pause != null && pause.holdsAt(now))
          || hasStarts(now);
    }

    private KeyStats stats(Instant now) {
      return new KeyStats(
          id,
          state().held(now),
          inFlight,
          Optional.ofNullable(pause).filter(p -> p.holdsAt(now)),
          hasStarts(now) ? state().latestStart() : Optional.empty());
    }
  }

  private final NavigableMap<String, Named> byName = new TreeMap<>();
  // Each key is looked at from time to time, and forgotten when it does not matter any more.
  private final NavigableSet<Counted> byLook = new TreeSet<>(Counted.BY_LOOK);

  /** Whether lines of another queue than the one that the lock is held for may have opened. */
  private boolean othersMayStart;

  void noteOthers() {
    othersMayStart = true;
  }

  /** Whether that was noted since this was asked last. */
  boolean takeOthersMayStart() {
    boolean noted = othersMayStart;
    othersMayStart = false;
    return noted;
  }

  /** Sets a limit unless there is one of its name. */
  void declare(NamedLimit limit, Instant now) {
    if (!byName.containsKey(limit.name())) {
      set(limit, now);
    }
  }

  List<NamedLimit> limits() {
    return byName.values().stream().map(named -> named.limit).toList();
  }

  /** Sets a limit, and returns the keys whose lines have to be looked at again. */
  @CanIgnoreReturnValue
  List<Counted> set(NamedLimit limit, Instant now) {
    Named named = byName.get(limit.name());
    if (named == null) {
      Requirements.count("limits", byName.size() + 1, 1, Limits.MAX_LIMITS);
      byName.put(limit.name(), new Named(limit));
      return List.of();
    }
    if (!named.limit.windows().equals(limit.windows())) {
      // What left the longest window is forgotten, and may lie in a longer one.
      Instant until = now.minus(named.longestWindow());
      if (named.forgottenUntil == null || named.forgottenUntil.isBefore(until)) {
        named.forgottenUntil = until;
      }
    }
    named.limit = limit;
    return List.copyOf(named.keys.values());
  }

  /** Refuses what could never start: of the first limit in the order of names, the first event. */
  void requireAdmissible(List<AuditEvent> events, List<List<Charge>> charges) {
    for (Named named : byName.values()) {
      for (int i = 0; i < events.size(); i++) {
        for (Charge charge : charges.get(i)) {
          if (charge.key().limit().equals(named.limit.name())
              && charge.cost() > named.limit.largestCost()) {
            throw new IllegalArgumentException(
                "event "
                    + Printable.text(events.get(i).id())
                    + " "
                    + tooDear(charge, named.limit)
                    + "; nothing was published");
          }
        }
      }
    }
  }

  private static String tooDear(Charge charge, NamedLimit limit) {
    return "costs "
        + charge.cost()
        + " in the limit "
        + limit.name()
        + ", which admits "
        + limit.largestCost()
        + " at most";
  }

  /** Why an event could never start, if it could not. */
  Optional<String> refusal(Collection<Charge> charges) {
    for (Charge charge : charges) {
      NamedLimit limit = named(charge.key()).limit;
      if (charge.cost() > limit.largestCost()) {
        return Optional.of(tooDear(charge, limit));
      }
    }
    return Optional.empty();
  }

  private Named named(LimitKey key) {
    Named named = byName.get(key.limit());
    if (named == null) {
      throw new IllegalArgumentException(
          "the limit " + Printable.quoted(key.limit()) + " is not set; set it first");
    }
    return named;
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

  /** When a start may be made that is charged so much; the largest time: nobody knows yet. */
  Instant opening(Charge charge, Instant at) {
    Named named = named(charge.key());
    Counted counted = named.keys.get(charge.key().key());
    if (charge.cost() > named.limit.largestCost()) {
      // It is in nobody's way: whoever looks at it next gives it up.
      return at;
    }
    if (counted != null
        && named.limit.maxInFlight().isPresent()
        && counted.inFlight >= named.limit.maxInFlight().getAsInt()) {
      return Instant.MAX;
    }
    return openingForCall(charge, at);
  }

  /** The same for a start that is no attempt, and does not end. */
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
    KeyState state = counted == null ? named.under(KeyState.unused()) : counted.state();
    Instant earliest = state.earliest(from, charge.cost());
    // Of a pause that ends within a microsecond, too.
    return earliest.isBefore(from) ? from : earliest;
  }

  /** The pause of a key that holds, if one does. */
  Optional<Pause> pause(LimitKey key, Instant at) {
    Counted counted = find(key);
    return Optional.ofNullable(counted == null ? null : counted.pause)
        .filter(pause -> pause.holdsAt(at));
  }

  /** Refuses to decide on a start that is no attempt and is charged where none can be. */
  void requireWindows(Collection<Charge> charges) {
    for (Charge charge : charges) {
      Named named = byName.get(charge.key().limit());
      if (named == null) {
        throw Refusals.unknown(charge.key().limit());
      } else if (named.limit.windows().isEmpty()) {
        throw Refusals.withoutWindow(charge.key().limit());
      }
    }
  }

  /** The charge of which a start could never be made, if there is one, and the most there. */
  Optional<AcquireResult.Never> never(Collection<Charge> charges) {
    return charges.stream()
        .filter(charge -> charge.cost() > named(charge.key()).limit.largestCost())
        .map(
            charge ->
                new AcquireResult.Never(
                    charge.cost(),
                    named(charge.key()).limit.largestCost(),
                    Optional.of(charge.key())))
        .findFirst();
  }

  /** Pays for a start that is no attempt. */
  void pay(Collection<Charge> charges, Instant at) {
    for (Charge charge : charges) {
      Counted counted = counted(charge.key(), at);
      counted.state = counted.state().started(at, charge.cost());
    }
  }

  /** Pays for an attempt, and returns the charges that count as in flight from now on. */
  List<Charge> start(List<Charge> charges, Instant at) {
    pay(charges, at);
    List<Charge> held = new ArrayList<>();
    for (Charge charge : charges) {
      Counted counted = counted(charge.key(), at);
      if (counted.named.limit.maxInFlight().isPresent()) {
        counted.inFlight++;
        held.add(charge);
      }
    }
    return held;
  }

  /**
   * Charges are not in flight any more; returns the keys whose lines have to be looked at again.
   */
  List<Counted> end(Collection<Charge> charges) {
    List<Counted> freed = new ArrayList<>();
    for (Charge charge : charges) {
      Counted counted = requireNonNull(find(charge.key()));
      counted.inFlight--;
      freed.add(counted);
    }
    return freed;
  }

  /** Whether an event that waits for its retry counts as in flight. */
  boolean retriesHold(Charge charge) {
    return named(charge.key()).limit.retriesHold();
  }

  Counted pause(LimitKey key, Pause pause, Instant now) {
    Counted counted = counted(key, now);
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
    }
    return Optional.ofNullable(counted);
  }

  /** Forgets some keys that do not matter any more. O(log n) each. */
  void forgetSome(Instant now) {
    for (int n = 0; n < MAX_FORGOTTEN && !byLook.isEmpty(); n++) {
      Counted first = byLook.first();
      if (first.lookAt.isAfter(now)) {
        return;
      }
      byLook.remove(first);
      if (first.matters(now)) {
        first.lookAt = now.plus(first.named.longestWindow()).plusMillis(1);
        byLook.add(first);
      } else {
        first.named.keys.remove(first.id.key());
      }
    }
  }

  Optional<KeyStats> stats(LimitKey key, Instant now, KeyedEvents events) {
    Named named = byName.get(key.limit());
    return Optional.ofNullable(named == null ? null : named.keys.get(key.key()))
        .filter(counted -> counted.isShown(now, events))
        .map(counted -> counted.stats(now));
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
        .map(key -> key.stats(now))
        .toList();
  }
}
