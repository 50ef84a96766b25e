package io.ratelimit.redis;

import io.ratelimit.core.internal.limiter.QueueRateLimiter;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;

/**
 * A {@link RateLimiter} in Redis, shared by any number of processes: their starts together obey one
 * limit, by the clock of Redis.
 *
 * <p>Its namespace is that of a {@link RedisEventQueue}, to which nothing need be published.
 * Everything said there about the limit also holds here: where it is stored, what happens when
 * Redis loses data, and the settings. For a queue that is already connected, use {@link
 * RateLimiter#of RateLimiter.of(queue)}.
 *
 * <p>The connection serves any number of threads, and is closed with the limiter.
 */
public final class RedisRateLimiter {

  /**
   * Connects to the limiter of a namespace, with the defaults of {@link RedisEventQueue.Builder}.
   *
   * @param uri where Redis is, as {@link RedisEventQueue.Builder#uri(String)} takes it
   * @param namespace names the limiter, as {@link RedisEventQueue.Builder#namespace} says: that of
   *     a queue, for a limiter that shares the queue's limits; one of its own in the scope of
   *     queues, for one that shares their named limits
   * @param initialLimit the limit, if the namespace has none yet
   * @throws IllegalArgumentException if the URI or the namespace is invalid
   * @throws io.ratelimit.core.queue.QueueUnavailableException if Redis cannot be reached
   */
  public static RateLimiter connect(String uri, String namespace, RateLimit initialLimit) {
    return connect(RedisEventQueue.builder(initialLimit).uri(uri).namespace(namespace));
  }

  /**
   * Connects with other settings than the default ones.
   *
   * @param settings the address of Redis, the namespace, the initial limit and other settings;
   *     settings about events have no effect
   * @throws IllegalArgumentException if the namespace has another form
   * @throws io.ratelimit.core.queue.QueueUnavailableException if Redis cannot be reached
   */
  public static RateLimiter connect(RedisEventQueue.Builder settings) {
    return QueueRateLimiter.owning(settings.connect());
  }

  private RedisRateLimiter() {}
}
