package io.ratelimit.core.queue;

import io.ratelimit.core.limit.LimitKey;
import java.time.Instant;
import java.util.Optional;

/**
 * The limit's answer to a request to start something. Times are by the queue's {@link
 * EventQueue#time() time}, except the start itself.
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
   * @param at when to ask again; earlier is pointless unless a setting changes. Under a demand it
   *     is not later than the demand's end, which may be extended meanwhile
   */
  record NotBefore(Instant at) implements AcquireResult {}

  /**
   * Starts are paused, or those of a key that the request is charged to. Nothing was spent.
   *
   * @param until when the pause ends by itself, if it does
   */
  record Paused(Optional<Instant> until) implements AcquireResult {}

  /**
   * It can never start, because it costs more than a limit ever admits. Nothing was spent.
   *
   * @param permits what it costs there
   * @param most the most that can start
   * @param key where: the key of a named limit; empty: the queue's own limit, which has fewer
   *     permits in its normal state
   */
  record Never(int permits, int most, Optional<LimitKey> key) implements AcquireResult {

    /** It costs more permits than the queue's own limit has. */
    public Never(int permits, int most) {
      this(permits, most, Optional.empty());
    }
  }
}
