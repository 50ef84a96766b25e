package io.ratelimit.temporal;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.AssumedStarts;
import io.ratelimit.core.limit.LargestWindows;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.ProcessingTimes;
import io.ratelimit.core.scaling.TypeHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
    long lost,
    long starts,
    long startedPermits,
    long retried,
    long givenUp,
    long expiredLeases,
    Optional<Duration> oldestPendingAge,
    long startsInWindow,
    LargestWindows largestWindows,
    Optional<AssumedStarts> assumedStarts,
    Optional<Instant> latestStart,
    Optional<Instant> nextStart,
    List<TypeObservation> observed,
    Map<String, QueueStats.SetAside> setAside,
    LimitSettings limit,
    Duration clockShift) {

  /** What was seen of so many types travels: of those of which most wait. */
  static final int MOST_OBSERVED = 50;

  /** How many events of a type wait, and what they cost. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TypeCount(EventType type, long pending, long permits, int heaviest) {}

  /** What was seen of the attempts at events of a type. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TypeObservation(
      EventType type, long attempts, long failures, Map<Integer, Long> times) {

    static TypeObservation of(EventType type, TypeHistory history) {
      return new TypeObservation(
          type, history.attempts(), history.failures(), history.times().counts());
    }

    TypeHistory history() {
      return new TypeHistory(attempts, failures, ProcessingTimes.of(new TreeMap<>(times)));
    }
  }

  /** Reads also what was written by a version that set nothing aside. */
  public QueueSnapshot {
    setAside = setAside == null ? Map.of() : setAside;
  }

  static QueueSnapshot of(QueueStats stats) {
    return new QueueSnapshot(
        stats.observedAt(),
        stats.published(),
        stats.pendingByPriority(),
        stats.pendingByType().entrySet().stream()
            .map(entry -> count(entry.getKey(), stats))
            .sorted(Comparator.comparing(count -> count.type().name()))
            .toList(),
        stats.delayed(),
        stats.leased(),
        stats.done(),
        stats.failed(),
        stats.discarded(),
        stats.lost(),
        stats.starts(),
        stats.startedPermits(),
        stats.retried(),
        stats.givenUp(),
        stats.expiredLeases(),
        stats.oldestPendingAge(),
        stats.startsInWindow(),
        stats.largestWindows(),
        stats.assumedStarts(),
        stats.latestStart(),
        stats.nextStart(),
        mostObserved(stats),
        stats.setAside(),
        stats.limit(),
        stats.clockShift());
  }

  private static TypeCount count(EventType type, QueueStats stats) {
    QueueStats.Permits permits = stats.pendingPermits(type);
    return new TypeCount(
        type, stats.pendingByType().getOrDefault(type, 0L), permits.total(), permits.heaviest());
  }

  /** Of at most {@value #MOST_OBSERVED} types, so that what travels is bounded. */
  static List<TypeObservation> mostObserved(QueueStats stats) {
    Map<String, Long> pending = new HashMap<>();
    stats.pendingByType().forEach((type, count) -> pending.merge(type.name(), count, Long::sum));
    return stats.observed().entrySet().stream()
        .map(entry -> TypeObservation.of(entry.getKey(), entry.getValue()))
        .sorted(
            Comparator.comparing(
                    (TypeObservation seen) -> pending.getOrDefault(seen.type().name(), 0L))
                .thenComparing(TypeObservation::attempts)
                .reversed()
                .thenComparing(seen -> seen.type().name()))
        .limit(MOST_OBSERVED)
        .toList();
  }

  QueueStats stats() {
    Map<EventType, Long> byType = new LinkedHashMap<>();
    Map<EventType, QueueStats.Permits> permits = new HashMap<>();
    for (TypeCount count : pendingByType) {
      byType.merge(count.type(), count.pending(), Long::sum);
      if (count.heaviest() > 1) {
        permits.put(count.type(), new QueueStats.Permits(count.permits(), count.heaviest()));
      }
    }
    Map<EventType, TypeHistory> histories = new HashMap<>();
    observed.forEach(seen -> histories.put(seen.type(), seen.history()));
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
        lost,
        starts,
        startedPermits,
        retried,
        givenUp,
        expiredLeases,
        oldestPendingAge,
        startsInWindow,
        largestWindows,
        assumedStarts,
        latestStart,
        nextStart,
        histories,
        permits,
        setAside,
        limit,
        clockShift);
  }
}
