package io.ratelimit.spring;

import io.ratelimit.redis.RedisEventQueue;

/** Changes the queue before it connects, for what no property says. A bean; all are applied. */
@FunctionalInterface
public interface RedisEventQueueCustomizer {

  /** Changes the queue that is about to connect. The address and properties are set already. */
  void customize(RedisEventQueue.Builder builder);
}
