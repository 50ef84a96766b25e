package io.ratelimit.temporal;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.queue.QueueStats;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link QueueStats} in a form that becomes JSON and back: no map has a record as its key. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record QueueSnapshot(
    Instant observedAt,
    long published,
    Map<Priority, Long> pendingByPriority,
    List<TypeCount> pendingByType,
    long delayed,
    long leased,
    long done,
    long failed,
    long discarded,
    long starts,
    long expiredLeases,
    Optional<Duration> oldestPendingAge,
    long startsInWindow,
    Optional<Instant> latestStart,
    Optional<Instant> nextStart,
    LimitSettings limit) {

  /** How many events of a type wait. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TypeCount(EventType type, long pending) {}

  static QueueSnapshot of(QueueStats stats) {
    return new QueueSnapshot(
        stats.observedAt(),
        stats.published(),
        stats.pendingByPriority(),
        stats.pendingByType().entrySet().stream()
            .map(entry -> new TypeCount(entry.getKey(), entry.getValue()))
            .sorted(Comparator.comparing(count -> count.type().name()))
            .toList(),
        stats.delayed(),
        stats.leased(),
        stats.done(),
        stats.failed(),
        stats.discarded(),
        stats.starts(),
        stats.expiredLeases(),
        stats.oldestPendingAge(),
        stats.startsInWindow(),
        stats.latestStart(),
        stats.nextStart(),
        stats.limit());
  }

  QueueStats stats() {
    Map<EventType, Long> byType = new LinkedHashMap<>();
    pendingByType.forEach(count -> byType.merge(count.type(), count.pending(), Long::sum));
    return new QueueStats(
        observedAt,
        published,
        pendingByPriority,
        byType,
        delayed,
        leased,
        done,
        failed,
        discarded,
        starts,
        expiredLeases,
        oldestPendingAge,
        startsInWindow,
        latestStart,
        nextStart,
        limit);
  }
}
