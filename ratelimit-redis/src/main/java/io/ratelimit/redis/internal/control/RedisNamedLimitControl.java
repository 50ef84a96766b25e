package io.ratelimit.redis.internal.control;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.queue.KeyStats;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.redis.internal.wire.WireLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The named limits of a queue in Redis. */
public final class RedisNamedLimitControl implements NamedLimitControl {

  private static final String CHANGE_LOST =
      "the limits may have been changed; changing them again changes nothing more";
  private static final String NONE = "";
  private static final String FIRST = "";
  private static final int MOST_AT_ONCE = 100;

  private final Session session;
  private final ChangeListeners listeners;

  public RedisNamedLimitControl(Session session, ChangeListeners listeners) {
    this.session = session;
    this.listeners = listeners;
  }

  /** Declares what is not there yet; what is there stays. */
  public void declare(List<NamedLimit> limits) {
    if (!limits.isEmpty()) {
      requireSet(change("declare", NONE, NONE, arguments(limits)), Limits.class.getSimpleName());
    }
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

  /** Makes a change, and goes on until all lines have heard of it. */
  private Changed change(String change, String key, String micros, List<Object> arguments) {
    String next = change;
    String cursor = NONE;
    List<Object> more = arguments;
    while (true) {
      List<Object> all =
          new ArrayList<>(List.of(session.channel(), session.client(), next, key, micros, cursor));
      all.addAll(more);
      Reply reply = session.limited(Script.LIMITS, CHANGE_LOST, all.toArray()).rest();
      String outcome = reply.text();
      cursor = reply.text();
      if (cursor.isEmpty()) {
        List<NamedLimit> limits = new ArrayList<>();
        while (reply.hasNext()) {
          limits.add(WireLimits.limit(reply.text(), reply.text()));
        }
        if (!change.equals("read")) {
          listeners.tell();
        }
        return new Changed(outcome, limits);
      }
      next = "again";
      more = List.of();
    }
  }

  private static void requireSet(Changed changed, String name) {
    if (changed.outcome.equals("undeclared")) {
      throw new IllegalArgumentException(
          "the limit " + Printable.quoted(name) + " is not set; set it first");
    } else if (changed.outcome.equals("many")) {
      throw new IllegalArgumentException(
          "limits must be 1 to " + Limits.MAX_LIMITS + " but are " + (Limits.MAX_LIMITS + 1));
    }
  }

  @Override
  public List<NamedLimit> limits() {
    return change("read", NONE, NONE, List.of()).limits.stream()
        .sorted(Comparator.comparing(NamedLimit::name))
        .toList();
  }

  @Override
  public void set(NamedLimit limit) {
    requireNonNull(limit, "limit");
    requireSet(change("set", NONE, NONE, arguments(List.of(limit))), limit.name());
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
    requireSet(change("pause", WireLimits.key(key), micros, List.of()), key.limit());
  }

  @Override
  public void resume(LimitKey key) {
    Changed unused = change("resume", WireLimits.key(key), NONE, List.of());
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
    var latest = reply.optionalNumber();
    List<Long> held = new ArrayList<>();
    for (long windows = reply.number(); windows > 0; windows--) {
      held.add(reply.number());
    }
    return new KeyStats(
        key,
        held,
        inFlight,
        pause,
        latest.isPresent() ? Optional.of(Micros.toInstant(latest.getAsLong())) : Optional.empty());
  }
}
