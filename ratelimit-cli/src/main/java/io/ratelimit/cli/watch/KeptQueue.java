package io.ratelimit.cli.watch;

import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.redis.RedisEventQueue;

/**
 * A queue, and the rounds that are kept of it.
 *
 * @param history where they are kept; usable as long as the queue is open
 */
public record KeptQueue(EventQueue queue, RoundHistory history) {

  /** Returns a queue in Redis with the rounds beside it. */
  public static KeptQueue of(RedisEventQueue queue) {
    return new KeptQueue(queue, queue.history());
  }
}
