package io.ratelimit.spring;

import io.ratelimit.redis.RedisEventQueue;

/**
 * Changes the queue before it connects, for settings without a property. Define it as a bean; all
 * such beans are applied.
 */
@FunctionalInterface
public interface RedisEventQueueCustomizer {

  /** Changes the queue that is about to connect. The address and properties are set already. */
  void customize(RedisEventQueue.Builder builder);
}
