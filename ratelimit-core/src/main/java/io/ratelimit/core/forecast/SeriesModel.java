package io.ratelimit.core.forecast;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * What is known of one series: a value for each round, in the order of time. Learns value by value,
 * in bounded memory. Deterministic; not thread-safe.
 */
public interface SeriesModel {

  /**
   * Learns a value.
   *
   * @param at when its round began, later than all before
   * @param value at least 0
   */
  void learn(Instant at, double value);

  /**
   * Returns what is expected of a round from what was learned so far; empty: too little was.
   *
   * @param at when the round begins, later than all that was learned
   * @return at least 0
   */
  OptionalDouble expect(Instant at);

  /**
   * Returns what this model is called on screens; of one that chooses among others, the one that it
   * has chosen for a round. The name of its class, unless it says otherwise.
   *
   * @param at when the round begins
   */
  default String name(Instant at) {
    String simple = getClass().getSimpleName();
    return simple.isEmpty() ? getClass().getName() : simple;
  }
}
