package io.ratelimit.redis.internal.connection;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

/**
 * The two connections of a queue, one for commands and one for announcements of changes. They are
 * opened, replaced and closed together.
 *
 * @param commands the connection for commands
 * @param async the asynchronous commands of that connection
 * @param changes the connection for announcements of changes
 * @param channels the listeners of its channels
 */
public record Connections(
    StatefulConnection<byte[], byte[]> commands,
    RedisClusterAsyncCommands<byte[], byte[]> async,
    StatefulRedisPubSubConnection<byte[], byte[]> changes,
    Channels channels)
    implements AutoCloseable {

  public Connections(
      StatefulConnection<byte[], byte[]> commands,
      RedisClusterAsyncCommands<byte[], byte[]> async,
      StatefulRedisPubSubConnection<byte[], byte[]> changes) {
    this(commands, async, changes, new Channels());
  }

  public boolean isCluster() {
    return commands instanceof StatefulRedisClusterConnection;
  }

  @Override
  public void close() {
    changes.close();
    commands.close();
  }
}
