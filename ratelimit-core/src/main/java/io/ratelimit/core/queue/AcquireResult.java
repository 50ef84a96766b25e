package io.ratelimit.core.queue;

import java.time.Instant;
import java.util.Optional;

/**
 * What the limit says to the wish to start something. Times are by the queue's {@link
 * EventQueue#time() time}, but for the start itself.
 */
public sealed interface AcquireResult {

  /**
   * It may start now: the permits are spent.
   *
   * @param start when it starts, by the queue's clock
   */
  record Granted(Instant start) implements AcquireResult {}

  /**
   * It may not start yet. Nothing was spent.
   *
   * @param at when to ask again; earlier is pointless unless a setting changes
   */
  record NotBefore(Instant at) implements AcquireResult {}

  /**
   * Starts are paused. Nothing was spent.
   *
   * @param until when the pause ends by itself, if it does
   */
  record Paused(Optional<Instant> until) implements AcquireResult {}

  /**
   * It can never start, as it costs more permits than the normal limit has. Nothing was spent.
   *
   * @param permits what it costs
   * @param most the most that can start
   */
  record Never(int permits, int most) implements AcquireResult {}
}
