package io.ratelimit.cli.watch;

import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.redis.RedisEventQueue;

/**
 * A queue and its kept rounds.
 *
 * @param history where the rounds are kept; usable as long as the queue is open
 */
public record KeptQueue(EventQueue queue, RoundHistory history) {

  /** Returns a queue in Redis, with the rounds that are kept beside it. */
  public static KeptQueue of(RedisEventQueue queue) {
    return new KeptQueue(queue, queue.history());
  }
}
