package io.ratelimit.redis;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.AssumedStarts;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.TypeHistory;
import io.ratelimit.redis.Session.LimitedReply;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What the stats script replies. */
final class WireStats {

  static QueueStats read(LimitedReply reply) {
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
    long expired = rest.number();
    OptionalLong oldest = rest.optionalNumber();
    long inWindow = rest.number();
    long assumed = rest.number();
    OptionalLong assumedUntil = rest.optionalNumber();
    OptionalLong latestStart = rest.optionalNumber();
    OptionalLong nextStart = rest.optionalNumber();
    Map<EventType, TypeHistory> observed = new HashMap<>();
    for (long types = rest.number(); types > 0; types--) {
      String unused = rest.text();
      WireHistory.read(rest.bytes()).ifPresent(seen -> observed.put(seen.type(), seen.history()));
    }
    Map<EventType, Long> byType = new HashMap<>();
    Map<EventType, QueueStats.Permits> permits = new HashMap<>();
    while (rest.hasNext()) {
      String counted = rest.text();
      int space = counted.indexOf(' ');
      EventType type = WireEvents.type(space < 0 ? counted : counted.substring(0, space));
      int weight = space < 0 ? 1 : Integer.parseInt(counted.substring(space + 1));
      long events = rest.number();
      byType.merge(type, events, Long::sum);
      permits.merge(type, new QueueStats.Permits(events * weight, weight), WireStats::sum);
    }
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
        starts,
        expired,
        oldest.isPresent()
            ? Optional.of(Micros.toDuration(reply.now() - oldest.getAsLong()))
            : Optional.empty(),
        inWindow,
        instant(assumedUntil).map(until -> new AssumedStarts(until, assumed)),
        instant(latestStart),
        instant(nextStart),
        observed,
        permits,
        reply.settings());
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
