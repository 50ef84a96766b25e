package io.ratelimit.redis.internal.wire;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.AssumedStarts;
import io.ratelimit.core.limit.LargestWindows;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.LimitLoad;
import io.ratelimit.core.scaling.TypeHistory;
import io.ratelimit.redis.internal.script.LimitedReply;
import io.ratelimit.redis.internal.script.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the reply of the stats script. */
public final class WireStats {

  public static QueueStats read(LimitedReply reply) {
    Reply rest = reply.rest();
    long published = rest.number();
    Map<Priority, Long> byPriority = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      byPriority.put(priority, rest.number());
    }
    long delayed = rest.number();
    long leased = rest.number();
    long done = rest.number();
    long failed = rest.number();
    long discarded = rest.number();
    long starts = rest.number();
    long startedPermits = rest.number();
    long acquiredPermits = rest.number();
    long retried = rest.number();
    long givenUp = rest.number();
    long replaced = rest.number();
    long expired = rest.number();
    long expiredLeases = rest.number();
    QueueStats.Corrections corrections =
        new QueueStats.Corrections(
            rest.number(), rest.number(), rest.number(), instant(rest.optionalNumber()));
    Duration clockShift = Micros.toDuration(rest.number());
    LargestWindows largestWindows = largestWindows(rest);
    OptionalLong oldest = rest.optionalNumber();
    long inWindow = rest.number();
    long assumed = rest.number();
    OptionalLong assumedUntil = rest.optionalNumber();
    OptionalLong latestStart = rest.optionalNumber();
    OptionalLong nextStart = rest.optionalNumber();
    long lost = rest.number();
    Map<EventType, TypeHistory> observed = new HashMap<>();
    for (long types = rest.number(); types > 0; types--) {
      String unused = rest.text();
      WireHistory.read(rest.bytes()).ifPresent(seen -> observed.put(seen.type(), seen.history()));
    }
    Map<String, QueueStats.SetAside> setAside = new HashMap<>();
    for (long names = rest.number(); names > 0; names--) {
      String name = rest.text();
      long events = rest.number();
      Duration oldestAge = Micros.toDuration(reply.now() - rest.number());
      setAside.put(name, new QueueStats.SetAside(events, oldestAge));
    }
    addOthers(setAside, rest.number(), Micros.toDuration(reply.now() - rest.number()));
    List<LimitLoad> loads = loads(rest);
    int limit = reply.settings().normal().permits();
    Map<EventType, Long> byType = new HashMap<>();
    Map<EventType, QueueStats.Permits> permits = new HashMap<>();
    while (rest.hasNext()) {
      String counted = rest.text();
      long events = rest.number();
      try {
        int space = counted.indexOf(' ');
        String name = space < 0 ? counted : counted.substring(0, space);
        int declared = space < 0 ? 1 : Integer.parseInt(counted.substring(space + 1));
        boolean others = name.startsWith("+");
        EventType type = others ? others(name) : WireEvents.type(name);
        int weight = others ? Math.min(declared, limit) : declared;
        byType.merge(type, events, Long::sum);
        permits.merge(type, new QueueStats.Permits(events * weight, weight), WireStats::sum);
      } catch (IllegalArgumentException e) {
        // A count with a damaged name: its events count as events of unknown type.
      }
    }
    long pending = byPriority.values().stream().mapToLong(Long::longValue).sum();
    balance(byType, pending);
    permits.keySet().retainAll(byType.keySet());
    permits.values().removeIf(each -> each.heaviest() == 1);
    return new QueueStats(
        Micros.toInstant(reply.now()),
        published,
        byPriority,
        byType,
        delayed,
        leased,
        done,
        failed,
        discarded,
        lost,
        starts,
        startedPermits,
        acquiredPermits,
        retried,
        givenUp,
        replaced,
        expired,
        expiredLeases,
        corrections,
        oldest.isPresent()
            ? Optional.of(Micros.toDuration(reply.now() - oldest.getAsLong()))
            : Optional.empty(),
        inWindow,
        largestWindows,
        instant(assumedUntil).map(until -> new AssumedStarts(until, assumed)),
        instant(latestStart),
        instant(nextStart),
        observed,
        permits,
        setAside,
        reply.settings(),
        clockShift,
        loads);
  }

  private static List<LimitLoad> loads(Reply rest) {
    long uncounted = rest.number();
    List<LimitLoad> loads = new ArrayList<>();
    for (long count = rest.number(); count > 0; count--) {
      NamedLimitSettings settings =
          WireLimits.settings(rest.text(), rest.text(), rest.text(), rest.text());
      int heaviest = (int) rest.number();
      long others = rest.number();
      List<LimitLoad.Key> keys = new ArrayList<>();
      for (long number = rest.number(); number > 0; number--) {
        keys.add(load(settings.limit().name(), rest));
      }
      loads.add(new LimitLoad(settings, heaviest, keys, others, others == 0, uncounted));
    }
    loads.sort(Comparator.comparing(LimitLoad::name));
    return loads;
  }

  private static LimitLoad.Key load(String limit, Reply rest) {
    LimitKey key = new LimitKey(limit, WireLimits.decoded(rest.text()));
    long cost = rest.number();
    int inFlight = (int) rest.number();
    Optional<Instant> opens =
        rest.optionalText()
            .map(time -> time.equals("inf") ? Instant.MAX : Micros.toInstant(Long.parseLong(time)));
    List<Long> held = new ArrayList<>();
    for (long windows = rest.number(); windows > 0; windows--) {
      held.add(rest.number());
    }
    return new LimitLoad.Key(key, cost, held, inFlight, opens);
  }

  /** Returns the type that stands for all events of a priority that are not counted by type. */
  private static EventType others(String name) {
    return WireEvents.type(name.substring(1) + ":1:" + EventType.OTHERS.name())
        .withProcessingTime(EventType.OTHERS.processingTime());
  }

  /** Adds the events that are set aside beyond the named types. */
  private static void addOthers(
      Map<String, QueueStats.SetAside> setAside, long all, Duration oldest) {
    long more = all - setAside.values().stream().mapToLong(QueueStats.SetAside::events).sum();
    if (more > 0) {
      setAside.merge(
          EventType.OTHERS.name(),
          new QueueStats.SetAside(more, oldest),
          (named, others) -> new QueueStats.SetAside(named.events() + others.events(), oldest));
    }
  }

  private static LargestWindows largestWindows(Reply rest) {
    Optional<Instant> unknownUntil = instant(rest.optionalNumber());
    List<LargestWindows.Peak> peaks = new ArrayList<>();
    for (long count = rest.number(); count > 0; count--) {
      peaks.add(new LargestWindows.Peak(Micros.toInstant(rest.number()), rest.number()));
    }
    return new LargestWindows(unknownUntil, peaks);
  }

  /** Adjusts the counts so that their sum is the number of pending events. */
  private static void balance(Map<EventType, Long> byType, long pending) {
    long excess = byType.values().stream().mapToLong(Long::longValue).sum() - pending;
    if (excess < 0) {
      byType.merge(EventType.UNREADABLE, -excess, Long::sum);
    }
    for (EventType type : List.copyOf(byType.keySet())) {
      long less = Math.min(Math.max(0, excess), byType.getOrDefault(type, 0L));
      excess -= less;
      byType.computeIfPresent(type, (key, count) -> count == less ? null : count - less);
    }
  }

  private static QueueStats.Permits sum(QueueStats.Permits one, QueueStats.Permits other) {
    return new QueueStats.Permits(
        one.total() + other.total(), Math.max(one.heaviest(), other.heaviest()));
  }

  private static Optional<Instant> instant(OptionalLong micros) {
    return micros.isPresent()
        ? Optional.of(Micros.toInstant(micros.getAsLong()))
        : Optional.empty();
  }

  private WireStats() {}
}
