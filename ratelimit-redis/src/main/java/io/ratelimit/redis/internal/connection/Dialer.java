package io.ratelimit.redis.internal.connection;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections for a queue and resolves the address anew each time. Owns the client if it was
 * created for this queue. Thread-safe.
 */
public final class Dialer implements AutoCloseable {

  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);
  // Lettuce's default of up to 30 s would keep a worker waiting long after Redis is back.
  private static final Delay RECONNECT_DELAY =
      Delay.exponential(Duration.ofMillis(10), Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS);
  private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(15);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);
  // Lettuce checks a connection attempt again at its timeout, even if it was refused, and logs an
  // error if its threads are gone by then.
  private static final Duration LAST_LOOK = LONGEST_CONNECT.plusSeconds(1);

  private final Supplier<Connections> connecting;
  private final @Nullable AbstractRedisClient ownClient;
  private final @Nullable ClientResources ownResources;

  private Dialer(
      Supplier<Connections> connecting,
      @Nullable AbstractRedisClient ownClient,
      @Nullable ClientResources ownResources) {
    this.connecting = connecting;
    this.ownClient = ownClient;
    this.ownResources = ownResources;
  }

  /** Where to connect to, as set in the builder. */
  public sealed interface Target {
    record Single(RedisURI uri) implements Target {}

    record Cluster(List<RedisURI> seeds) implements Target {}

    record HostClient(RedisClient client, @Nullable RedisURI uri) implements Target {}

    record HostClusterClient(RedisClusterClient client) implements Target {}
  }

  /**
   * Creates a dialer without connecting.
   *
   * @param slot the cluster slot of the namespace
   * @param ssl certificates and keys for a client that is created here; null for the JVM's
   * @throws IllegalArgumentException if the host's client would repeat commands
   */
  public static Dialer to(
      Target target, int slot, @Nullable ClientResources hostResources, @Nullable SslOptions ssl) {
    if (target instanceof Target.HostClient host) {
      requireNoRepetition(host.client().getOptions());
      return new Dialer(() -> single(host.client(), host.uri()), null, null);
    }
    if (target instanceof Target.HostClusterClient host) {
      requireNoRepetition(host.client().getOptions());
      return new Dialer(() -> cluster(host.client(), slot), null, null);
    }
    ClientResources ownResources =
        hostResources == null
            ? ClientResources.builder().reconnectDelay(RECONNECT_DELAY).build()
            : null;
    ClientResources resources =
        hostResources == null ? requireNonNull(ownResources) : hostResources;
    if (target instanceof Target.Cluster cluster) {
      RedisClusterClient client =
          RedisClusterClient.create(
              resources, cluster.seeds().stream().map(Dialer::impatient).toList());
      client.setOptions(clusterOptions(ssl));
      return new Dialer(() -> cluster(client, slot), client, ownResources);
    }
    RedisURI uri = impatient(((Target.Single) target).uri());
    RedisClient client = RedisClient.create(resources, uri);
    client.setOptions(options(uri, ssl));
    return new Dialer(() -> single(client, uri), client, ownResources);
  }

  /**
   * Refuses a client that would repeat commands; one that does not reconnect has none to repeat.
   */
  private static void requireNoRepetition(ClientOptions options) {
    DisconnectedBehavior behavior = options.getDisconnectedBehavior();
    boolean rejects =
        behavior == DisconnectedBehavior.REJECT_COMMANDS
            || (behavior == DisconnectedBehavior.DEFAULT && !options.isAutoReconnect());
    if (!rejects) {
      throw new IllegalArgumentException(
          "the client's disconnectedBehavior is "
              + behavior
              + ": after a lost connection it would repeat commands that may have taken"
              + " effect, and done events would seem to be held by others. Call"
              + " client.setOptions(ClientOptions.builder().disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS).build()) before connect(), or give the queue its own client");
    }
  }

  /**
   * Connects.
   *
   * @throws RedisException if that fails; it leaves nothing open
   */
  Connections open() {
    return connecting.get();
  }

  /** Bounds the handshake of a connection; Lettuce's default is a minute. */
  private static RedisURI impatient(RedisURI uri) {
    Duration timeout = uri.getTimeout();
    boolean bounded = !timeout.isZero() && timeout.compareTo(LONGEST_CONNECT) <= 0;
    // A copy would lose the Sentinel nodes.
    return bounded || !uri.getSentinels().isEmpty()
        ? uri
        : RedisURI.builder(uri).withTimeout(LONGEST_CONNECT).build();
  }

  private static Connections single(RedisClient client, @Nullable RedisURI uri) {
    StatefulRedisConnection<byte[], byte[]> commands =
        uri == null
            ? client.connect(ByteArrayCodec.INSTANCE)
            : client.connect(ByteArrayCodec.INSTANCE, uri);
    try {
      StatefulRedisPubSubConnection<byte[], byte[]> changes =
          uri == null
              ? client.connectPubSub(ByteArrayCodec.INSTANCE)
              : client.connectPubSub(ByteArrayCodec.INSTANCE, uri);
      return new Connections(commands, commands.async(), changes);
    } catch (RuntimeException | Error e) {
      commands.close();
      throw e;
    }
  }

  private static Connections cluster(RedisClusterClient client, int slot) {
    StatefulRedisClusterConnection<byte[], byte[]> commands =
        client.connect(ByteArrayCodec.INSTANCE);
    try {
      connectToMaster(commands, slot);
      return new Connections(
          commands, commands.async(), client.connectPubSub(ByteArrayCodec.INSTANCE));
    } catch (RuntimeException | Error e) {
      commands.close();
      throw e;
    }
  }

  // Lettuce connects to a node on the first command for it, and rejects commands until then.
  private static void connectToMaster(
      StatefulRedisClusterConnection<byte[], byte[]> commands, int slot) {
    RedisClusterNode master = commands.getPartitions().getMasterBySlot(slot);
    if (master == null) {
      throw new RedisException("no node of the cluster serves the namespace's slot, " + slot);
    }
    RedisURI uri = master.getUri();
    var unused = commands.getConnection(uri.getHost(), uri.getPort());
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

  private static ClientOptions options(RedisURI uri, @Nullable SslOptions ssl) {
    boolean unixSocket = uri.getSocket() != null;
    return ClientOptions.builder()
        .socketOptions(
            unixSocket
                ? SocketOptions.builder().connectTimeout(LONGEST_CONNECT).build()
                : tcpOptions())
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .sslOptions(ssl == null ? SslOptions.create() : ssl)
        .build();
  }

  private static ClusterClientOptions clusterOptions(@Nullable SslOptions ssl) {
    return ClusterClientOptions.builder()
        .socketOptions(tcpOptions())
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .sslOptions(ssl == null ? SslOptions.create() : ssl)
        .topologyRefreshOptions(
            ClusterTopologyRefreshOptions.builder()
                .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                .build())
        .build();
  }

  /** Shuts down the client if it was created for the queue. */
  @Override
  public void close() {
    if (ownResources == null) {
      if (ownClient != null) {
        // The host's timer keeps running, so the client's threads must last a little longer.
        var unused =
            ownClient.shutdownAsync(
                LAST_LOOK.toMillis(),
                LAST_LOOK.plus(SHUTDOWN_TIMEOUT).toMillis(),
                TimeUnit.MILLISECONDS);
      }
      return;
    }
    if (ownClient != null) {
      ownClient.shutdown(Duration.ZERO, SHUTDOWN_TIMEOUT);
    }
    ownResources
        .shutdown(0, SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(SHUTDOWN_TIMEOUT.toMillis());
  }
}
