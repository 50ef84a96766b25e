package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.QueueStats;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many events there are of each type, and what they weigh; a type without any is forgotten.
 *
 * <p>A type and each weight of it is an entry. When there are as many as there may be, what would
 * need another one is counted among the others of its priority, by its weight rounded up to a power
 * of two. Whatever leaves is subtracted from its own entry while there is one: so a type that gets
 * an entry late has some of its events among the others until those or it are gone, and the sum is
 * always right.
 */
final class TypeCounts {

  /** Counts in place: one object a type, however often it changes. */
  private static final class Count {
    long light;
    // How many there are of each weight above 1.
    final TreeMap<Integer, Long> heavier = new TreeMap<>();

    boolean has(int weight) {
      return weight == 1 ? light > 0 : heavier.containsKey(weight);
    }

    void add(int weight, int more) {
      if (weight == 1) {
        light += more;
      } else {
        heavier.merge(weight, (long) more, (one, other) -> one + other == 0 ? null : one + other);
      }
    }

    long total() {
      long total = light;
      for (long count : heavier.values()) {
        total += count;
      }
      return total;
    }

    QueueStats.Permits permits(int heaviest) {
      long permits = light;
      for (Map.Entry<Integer, Long> weight : heavier.entrySet()) {
        permits += Math.min(weight.getKey(), heaviest) * weight.getValue();
      }
      return new QueueStats.Permits(permits, Math.min(heavier.lastKey(), heaviest));
    }
  }

  private final int most;
  private final Map<EventType, Count> counts = new HashMap<>();
  private final Map<Priority, Count> others = new EnumMap<>(Priority.class);
  private int entries;

  /**
   * @param most how many entries there may be before what is new is counted among the others
   */
  TypeCounts(int most) {
    this.most = most;
    for (Priority priority : Priority.values()) {
      others.put(priority, new Count());
    }
  }

  void increment(AuditEvent event) {
    Count own = counts.get(event.type());
    boolean counted = own != null && own.has(event.weight());
    if (!counted && entries >= most) {
      add(others(event), rounded(event.weight()), 1);
    } else {
      add(
          own == null ? counts.computeIfAbsent(event.type(), absent -> new Count()) : own,
          event.weight(),
          1);
    }
  }

  void decrement(AuditEvent event) {
    Count own = counts.get(event.type());
    if (own == null || !own.has(event.weight())) {
      add(others(event), rounded(event.weight()), -1);
      return;
    }
    add(own, event.weight(), -1);
    if (own.light == 0 && own.heavier.isEmpty()) {
      counts.remove(event.type());
    }
  }

  private Count others(AuditEvent event) {
    return requireNonNull(others.get(event.type().priority()));
  }

  /** Up to a power of two, so that there are few of them. */
  private static int rounded(int weight) {
    int power = Integer.highestOneBit(weight);
    return power == weight ? weight : 2 * power;
  }

  private void add(Count count, int weight, int more) {
    boolean before = count.has(weight);
    count.add(weight, more);
    entries += (count.has(weight) ? 1 : 0) - (before ? 1 : 0);
  }

  Map<EventType, Long> toMap() {
    Map<EventType, Long> copy = new HashMap<>();
    counts.forEach((type, count) -> copy.put(type, count.total()));
    others.forEach(
        (priority, count) -> {
          if (count.total() > 0) {
            copy.merge(EventType.OTHERS.withPriority(priority), count.total(), Long::sum);
          }
        });
    return copy;
  }

  /**
   * Returns what those cost of which some weigh more than 1.
   *
   * @param heaviest what nothing weighs more than
   */
  Map<EventType, QueueStats.Permits> permits(int heaviest) {
    Map<EventType, QueueStats.Permits> permits = new HashMap<>();
    counts.forEach(
        (type, count) -> {
          if (!count.heavier.isEmpty()) {
            permits.put(type, count.permits(Integer.MAX_VALUE));
          }
        });
    others.forEach(
        (priority, count) -> {
          if (!count.heavier.isEmpty() && heaviest > 1) {
            permits.put(EventType.OTHERS.withPriority(priority), count.permits(heaviest));
          }
        });
    return permits;
  }

  void clear() {
    counts.clear();
    others.replaceAll((priority, count) -> new Count());
    entries = 0;
  }
}
