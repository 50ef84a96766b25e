package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.redis.RedisEventQueue;

/** The address of Redis, from any source. */
interface RedisAddress {

  /** Sets the address of a queue that is about to connect. */
  void addTo(RedisEventQueue.Builder builder);
}
