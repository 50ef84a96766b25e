package io.ratelimit.redis;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The two connections of a queue, one for commands and one to hear of changes, and whatever of the
 * client behind them was made for this queue.
 *
 * @param commands the connection for commands
 * @param scripts its script commands
 * @param changes the connection to hear of changes
 * @param ownClient the client, if it must be shut down with the queue
 * @param ownResources the resources, if they must be shut down with the queue
 */
record Connections(
    StatefulConnection<byte[], byte[]> commands,
    RedisScriptingAsyncCommands<byte[], byte[]> scripts,
    StatefulRedisPubSubConnection<byte[], byte[]> changes,
    @Nullable AbstractRedisClient ownClient,
    @Nullable ClientResources ownResources)
    implements AutoCloseable {

  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);
  // Lettuce's own bound of 30 s would let a worker sleep long after Redis is back.
  private static final Delay RECONNECT_DELAY =
      Delay.exponential(Duration.ofMillis(10), Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS);
  private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(15);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);
  // Lettuce looks once more at a connection attempt when its time is over, even if it was refused,
  // and logs an error if its threads are gone by then.
  private static final Duration LAST_LOOK = LONGEST_CONNECT.plusSeconds(1);

  /** Where to connect to: how the builder was told so. */
  sealed interface Target {
    record Single(RedisURI uri) implements Target {}

    record Cluster(List<RedisURI> seeds) implements Target {}

    record HostClient(RedisClient client, @Nullable RedisURI uri) implements Target {}

    record HostClusterClient(RedisClusterClient client) implements Target {}
  }

  /**
   * Connects.
   *
   * @param slot where the namespace is in a cluster
   * @throws RedisException if that fails
   */
  static Connections open(Target target, int slot, @Nullable ClientResources hostResources) {
    if (target instanceof Target.HostClient host) {
      return host.uri() == null
          ? single(
              host.client().connect(ByteArrayCodec.INSTANCE),
              host.client().connectPubSub(ByteArrayCodec.INSTANCE),
              null,
              null)
          : single(
              host.client().connect(ByteArrayCodec.INSTANCE, host.uri()),
              host.client().connectPubSub(ByteArrayCodec.INSTANCE, host.uri()),
              null,
              null);
    }
    if (target instanceof Target.HostClusterClient host) {
      return cluster(host.client(), slot, null, null);
    }
    ClientResources ownResources =
        hostResources == null
            ? ClientResources.builder().reconnectDelay(RECONNECT_DELAY).build()
            : null;
    ClientResources resources =
        hostResources == null ? requireNonNull(ownResources) : hostResources;
    AbstractRedisClient client = null;
    try {
      if (target instanceof Target.Cluster cluster) {
        RedisClusterClient clusterClient =
            RedisClusterClient.create(
                resources, cluster.seeds().stream().map(Connections::impatient).toList());
        client = clusterClient;
        clusterClient.setOptions(clusterOptions());
        return cluster(clusterClient, slot, clusterClient, ownResources);
      }
      RedisURI uri = impatient(((Target.Single) target).uri());
      RedisClient single = RedisClient.create(resources, uri);
      client = single;
      single.setOptions(options(uri));
      return single(
          single.connect(ByteArrayCodec.INSTANCE),
          single.connectPubSub(ByteArrayCodec.INSTANCE),
          single,
          ownResources);
    } catch (RuntimeException e) {
      shutDown(client, ownResources);
      throw e;
    }
  }

  /** With a bound on the handshake of a connection; Lettuce's own is a minute. */
  private static RedisURI impatient(RedisURI uri) {
    Duration timeout = uri.getTimeout();
    boolean bounded = !timeout.isZero() && timeout.compareTo(LONGEST_CONNECT) <= 0;
    // A copy of one with sentinels would lose them.
    return bounded || !uri.getSentinels().isEmpty()
        ? uri
        : RedisURI.builder(uri).withTimeout(LONGEST_CONNECT).build();
  }

  private static Connections single(
      StatefulRedisConnection<byte[], byte[]> commands,
      StatefulRedisPubSubConnection<byte[], byte[]> changes,
      @Nullable AbstractRedisClient ownClient,
      @Nullable ClientResources ownResources) {
    return new Connections(commands, commands.async(), changes, ownClient, ownResources);
  }

  private static Connections cluster(
      RedisClusterClient client,
      int slot,
      @Nullable AbstractRedisClient ownClient,
      @Nullable ClientResources ownResources) {
    StatefulRedisClusterConnection<byte[], byte[]> commands =
        client.connect(ByteArrayCodec.INSTANCE);
    try {
      connectToMaster(commands, slot);
    } catch (RuntimeException e) {
      commands.close();
      throw e;
    }
    return new Connections(
        commands,
        commands.async(),
        client.connectPubSub(ByteArrayCodec.INSTANCE),
        ownClient,
        ownResources);
  }

  // Lettuce connects to a node when a command first needs it, and rejects what comes before that.
  private static void connectToMaster(
      StatefulRedisClusterConnection<byte[], byte[]> commands, int slot) {
    RedisClusterNode master = commands.getPartitions().getMasterBySlot(slot);
    if (master == null) {
      throw new RedisException("no node of the cluster serves the namespace's slot, " + slot);
    }
    RedisURI uri = master.getUri();
    var unused = commands.getConnection(uri.getHost(), uri.getPort());
  }

  boolean isCluster() {
    return commands instanceof StatefulRedisClusterConnection;
  }

  private static SocketOptions tcpOptions() {
    return SocketOptions.builder()
        .connectTimeout(LONGEST_CONNECT)
        .keepAlive(
            KeepAliveOptions.builder()
                .enable()
                .idle(Duration.ofSeconds(10))
                .interval(Duration.ofSeconds(5))
                .count(3)
                .build())
        .build();
  }

  private static ClientOptions options(RedisURI uri) {
    boolean unixSocket = uri.getSocket() != null;
    return ClientOptions.builder()
        .socketOptions(
            unixSocket
                ? SocketOptions.builder().connectTimeout(LONGEST_CONNECT).build()
                : tcpOptions())
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .build();
  }

  private static ClusterClientOptions clusterOptions() {
    return ClusterClientOptions.builder()
        .socketOptions(tcpOptions())
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .topologyRefreshOptions(
            ClusterTopologyRefreshOptions.builder()
                .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                .build())
        .build();
  }

  @Override
  public void close() {
    changes.close();
    commands.close();
    shutDown(ownClient, ownResources);
  }

  private static void shutDown(
      @Nullable AbstractRedisClient client, @Nullable ClientResources resources) {
    if (resources == null) {
      if (client != null) {
        // The host's timer goes on, so that the client's threads have to, a little.
        var unused =
            client.shutdownAsync(
                LAST_LOOK.toMillis(),
                LAST_LOOK.plus(SHUTDOWN_TIMEOUT).toMillis(),
                TimeUnit.MILLISECONDS);
      }
      return;
    }
    if (client != null) {
      client.shutdown(Duration.ZERO, SHUTDOWN_TIMEOUT);
    }
    resources
        .shutdown(0, SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(SHUTDOWN_TIMEOUT.toMillis());
  }
}
