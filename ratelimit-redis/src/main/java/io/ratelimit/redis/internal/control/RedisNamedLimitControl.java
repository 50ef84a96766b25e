package io.ratelimit.redis.internal.control;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.NamedLimitSettings.LimitOverride;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.redis.internal.wire.WireLimits;
import io.ratelimit.redis.internal.wire.WireSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The named limits of a queue in Redis. */
public final class RedisNamedLimitControl implements NamedLimitControl {

  private static final String CHANGE_LOST =
      "the limits may have been changed; repeating the change has no further effect";
  private static final String NONE = "";
  private static final String FIRST = "";
  private static final int MOST_AT_ONCE = 100;

  private final Session session;
  private final ChangeListeners listeners;
  private volatile Map<String, NamedLimit> different = Map.of();

  public RedisNamedLimitControl(Session session, ChangeListeners listeners) {
    this.session = session;
    this.listeners = listeners;
  }

  /** Declares the limits that do not exist yet; existing ones stay as they are. */
  public void declare(List<NamedLimit> limits) {
    if (!limits.isEmpty()) {
      Changed declared = change(Change.of("declare", NONE), arguments(limits));
      requireSet(declared, Limits.class.getSimpleName());
      Map<String, NamedLimit> others = new TreeMap<>();
      declared.limits.forEach(limit -> others.put(limit.name(), limit));
      others.keySet().retainAll(limits.stream().map(NamedLimit::name).toList());
      others.values().removeAll(limits);
      different = Map.copyOf(others);
    }
  }

  /** Returns the limits that were there, and others, when this client declared its own; by name. */
  public Map<String, NamedLimit> different() {
    return different;
  }

  private static List<Object> arguments(List<NamedLimit> limits) {
    List<Object> arguments = new ArrayList<>();
    for (NamedLimit limit : limits) {
      arguments.add(WireLimits.encoded(limit.name()));
      arguments.add(WireLimits.limit(limit));
    }
    return arguments;
  }

  private record Changed(String outcome, List<NamedLimit> limits) {}

  /** A change of one limit, or of none. */
  private record Change(String name, String key, String micros, String owner, String windows) {
    static Change of(String name, String key) {
      return new Change(name, key, NONE, NONE, NONE);
    }
  }

  private Changed change(Change change) {
    return change(change, List.of());
  }

  /** Makes a change, and continues until all waiting lines know of it. */
  private Changed change(Change change, List<Object> limits) {
    String next = change.name;
    String cursor = NONE;
    List<Object> more = limits;
    while (true) {
      Reply reply = ask(next, change, cursor, more);
      String outcome = reply.text();
      cursor = reply.text();
      if (cursor.isEmpty()) {
        List<NamedLimit> set = new ArrayList<>();
        while (reply.hasNext()) {
          set.add(WireLimits.limit(reply.text(), reply.text()));
        }
        if (!change.name.equals("read") && !outcome.equals("unheard")) {
          listeners.tell();
        }
        return new Changed(outcome, set);
      }
      next = "again";
      more = List.of();
    }
  }

  private Reply ask(String name, Change change, String cursor, List<Object> limits) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                session.channel(),
                session.client(),
                name,
                change.key,
                change.micros,
                cursor,
                change.owner,
                change.windows));
    all.addAll(limits);
    return session.limited(Script.LIMITS, CHANGE_LOST, all.toArray()).rest();
  }

  private static void requireSet(Changed changed, String name) {
    switch (changed.outcome) {
      case "undeclared" ->
          throw new IllegalArgumentException(
              "the limit " + Printable.quoted(name) + " is not set; set it first");
      case "many" ->
          throw new IllegalArgumentException(
              "limits must be 1 to " + Limits.MAX_LIMITS + " but are " + (Limits.MAX_LIMITS + 1));
      case "crowded" -> throw NamedLimitSettings.crowded(name);
      default -> {}
    }
  }

  @Override
  public List<NamedLimit> limits() {
    return change(Change.of("read", NONE)).limits.stream()
        .sorted(Comparator.comparing(NamedLimit::name))
        .toList();
  }

  @Override
  public void set(NamedLimit limit) {
    requireNonNull(limit, "limit");
    requireSet(change(Change.of("set", NONE), arguments(List.of(limit))), limit.name());
    Map<String, NamedLimit> others = new TreeMap<>(different);
    others.remove(limit.name());
    different = Map.copyOf(others);
  }

  @Override
  public Optional<NamedLimitSettings> settings(String limit) {
    Reply reply =
        ask("settings", Change.of("settings", WireLimits.encoded(limit)), NONE, List.of());
    String unused = reply.text() + reply.text();
    return reply.hasNext()
        ? Optional.of(WireLimits.settings(reply.text(), reply.text(), reply.text(), reply.text()))
        : Optional.empty();
  }

  @Override
  public void override(KeyPattern keys, List<RateLimit> windows) {
    LimitOverride override = new LimitOverride(keys, windows);
    change(
        keys,
        new Change(
            "override",
            WireLimits.pattern(keys),
            NONE,
            NONE,
            WireLimits.windows(override.windows())));
  }

  @Override
  public void removeOverride(KeyPattern keys) {
    change(keys, Change.of("default", WireLimits.pattern(keys)));
  }

  @Override
  public void demand(KeyPattern keys, String owner, List<RateLimit> windows, Duration duration) {
    Requirements.positive("duration", duration);
    NamedDemand demand = new NamedDemand(keys, owner, windows, Instant.MAX);
    change(
        keys,
        new Change(
            "demand",
            WireLimits.pattern(keys),
            Long.toString(Micros.ceiling(duration)),
            WireSettings.owner(owner),
            WireLimits.windows(demand.windows())));
  }

  @Override
  public void endDemand(KeyPattern keys, String owner) {
    Demand.requireOwner(owner);
    change(
        keys, new Change("calm", WireLimits.pattern(keys), NONE, WireSettings.owner(owner), NONE));
  }

  private void change(KeyPattern keys, Change change) {
    requireSet(change(change), keys.limit());
  }

  @Override
  public void pause(LimitKey key) {
    pause(key, "inf");
  }

  @Override
  public void pauseFor(LimitKey key, Duration duration) {
    Requirements.positive("duration", duration);
    pause(key, Long.toString(Micros.ceiling(duration)));
  }

  private void pause(LimitKey key, String micros) {
    requireSet(change(new Change("pause", WireLimits.key(key), micros, NONE, NONE)), key.limit());
  }

  @Override
  public void resume(LimitKey key) {
    Changed unused = change(Change.of("resume", WireLimits.key(key)));
  }

  @Override
  public Optional<KeyStats> key(LimitKey key) {
    Reply reply = ask(key.limit(), '=' + WireLimits.encoded(key.key()), 0);
    String unused = reply.text();
    return reply.hasNext() ? Optional.of(stats(key.limit(), reply)) : Optional.empty();
  }

  @Override
  public List<KeyStats> keys(String limit, Optional<String> after, int max) {
    Pages.size(max);
    List<KeyStats> found = new ArrayList<>();
    String cursor = after.map(key -> '=' + WireLimits.encoded(key)).orElse(FIRST);
    do {
      Reply reply = ask(limit, cursor, Math.min(max - found.size(), MOST_AT_ONCE));
      cursor = reply.text();
      while (reply.hasNext()) {
        found.add(stats(limit, reply));
      }
    } while (!cursor.isEmpty() && found.size() < max);
    return found;
  }

  private Reply ask(String limit, String key, int max) {
    return session
        .store()
        .query(
            Script.KEYS, Session.READ_ONLY, session.clock(), WireLimits.encoded(limit), key, max);
  }

  private static KeyStats stats(String limit, Reply reply) {
    LimitKey key = new LimitKey(limit, WireLimits.decoded(reply.text()));
    int inFlight = (int) reply.number();
    Optional<Pause> pause =
        reply
            .optionalText()
            .map(
                until ->
                    until.equals("inf")
                        ? Pause.untilResumed()
                        : Pause.until(Micros.toInstant(Long.parseLong(until))));
    Optional<Instant> latest = instant(reply.optionalNumber());
    Optional<Instant> next = instant(reply.optionalNumber());
    List<RateLimit> windows = new ArrayList<>();
    List<Long> held = new ArrayList<>();
    for (long left = reply.number(); left > 0; left--) {
      windows.add(WireSettings.limit(reply.text()));
      held.add(reply.number());
    }
    return new KeyStats(key, windows, held, inFlight, pause, latest, next);
  }

  private static Optional<Instant> instant(OptionalLong micros) {
    return micros.isPresent()
        ? Optional.of(Micros.toInstant(micros.getAsLong()))
        : Optional.empty();
  }
}
