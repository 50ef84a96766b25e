package io.ratelimit.core.internal.forecast;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The events that came to a round, and how long attempts took in it.
 *
 * @param at when it began
 * @param atBegin how many were there then, at least 0
 * @param byMinute how many came in each minute of it, each at least 0; unmodifiable
 * @param byType how many came of each type, both together, each at least 0; empty: not known.
 *     Unmodifiable
 * @param secondsByType how many seconds an attempt at an event of each type took on average, each
 *     at least 0; types without an attempt are left out. Unmodifiable
 */
public record RoundArrivals(
    Instant at,
    long atBegin,
    List<Long> byMinute,
    Map<String, Long> byType,
    Map<String, Double> secondsByType) {

  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if a number is negative
   */
  public RoundArrivals {
    requireNonNull(at, "at");
    byMinute = List.copyOf(byMinute);
    byType = Map.copyOf(byType);
    secondsByType = Map.copyOf(secondsByType);
    notNegative("events at the begin", atBegin);
    byMinute.forEach(count -> notNegative("events of a minute", count));
    byType.forEach((type, count) -> notNegative("events of " + type, count));
    secondsByType.forEach((type, seconds) -> notNegative("seconds of " + type, seconds));
  }

  private static void notNegative(String what, Number count) {
    if (!(count.doubleValue() >= 0)) {
      throw new IllegalArgumentException(what + " must be at least 0 but are " + count);
    }
  }

  /** Returns how many came. */
  public long total() {
    return atBegin + byMinute.stream().mapToLong(Long::longValue).sum();
  }
}
