package io.ratelimit.cli;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.testkit.server.LocalRedis;
import java.util.List;

/** The keys of a Redis server. */
public final class Keys {

  /** Returns all keys. */
  public static List<String> of(LocalRedis redis) {
    RedisClient client = RedisClient.create(redis.uri());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      return connection.sync().keys("*");
    } finally {
      client.shutdown();
    }
  }

  private Keys() {}
}
