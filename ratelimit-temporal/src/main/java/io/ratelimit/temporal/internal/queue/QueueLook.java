package io.ratelimit.temporal.internal.queue;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.TypeEstimate;
import io.ratelimit.core.scaling.TypeHistory;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Converts statistics of a queue to parts of a manager's status. */
final class QueueLook {

  /** The number of types to report: those with the most waiting events. */
  static final int MOST_MEASURED = 50;

  /** Returns the contents of the queue. */
  static ManagerStatus.Queue queue(QueueStats stats) {
    return new ManagerStatus.Queue(
        stats.observedAt(),
        stats.pending(),
        stats.delayed(),
        stats.leased(),
        stats.done(),
        stats.failed(),
        measured(stats));
  }

  /** Returns the limit of the queue. */
  static ManagerStatus.Limit limit(QueueStats stats) {
    return new ManagerStatus.Limit(
        stats.limit().normal(), stats.limitInForce(), stats.startsInWindow(), stats.nextStart());
  }

  /** Returns estimates of a bounded number of types, so that the payload is bounded. */
  private static List<ManagerStatus.Measured> measured(QueueStats stats) {
    Map<String, Long> pending = new HashMap<>();
    stats.pendingByType().forEach((type, count) -> pending.merge(type.name(), count, Long::sum));
    return stats.observed().entrySet().stream()
        .sorted(
            Comparator.comparing(
                    (Map.Entry<EventType, TypeHistory> seen) ->
                        pending.getOrDefault(seen.getKey().name(), 0L))
                .thenComparing(seen -> seen.getValue().attempts())
                .reversed()
                .thenComparing(seen -> seen.getKey().name()))
        .limit(MOST_MEASURED)
        .map(
            seen ->
                new ManagerStatus.Measured(
                    seen.getKey(),
                    TypeEstimate.of(seen.getKey(), Expectations.NONE, seen.getValue())))
        .toList();
  }

  private QueueLook() {}
}
