package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.redis.RedisEventQueue;

/** Where Redis is, from whichever source. */
interface RedisAddress {

  /** Tells a queue that is about to connect. */
  void addTo(RedisEventQueue.Builder builder);
}
