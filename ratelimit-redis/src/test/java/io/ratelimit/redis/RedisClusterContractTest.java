package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.queue.EventQueueContract;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A queue in Redis Cluster fulfills the contract; the tests' namespaces are spread over it. */
class RedisClusterContractTest extends EventQueueContract {

  private static final Set<Integer> MASTERS = new HashSet<>();

  private static RedisCluster cluster;
  private static RedisClusterClient client;

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @BeforeAll
  static void start() {
    cluster = RedisCluster.start();
    client = RedisClusterClient.create(TestClients.resources(), cluster.seed());
    client.setOptions(
        ClusterClientOptions.builder()
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .build());
  }

  @AfterAll
  static void stop() {
    client.shutdown();
    cluster.close();
    assertThat(MASTERS).as("ports of the masters that had a namespace").hasSize(3);
  }

  @Override
  protected EventQueue createQueue(RateLimit limit, Optional<Duration> aging) {
    String namespace = TestClients.newNamespace();
    MASTERS.add(cluster.masterOf(namespace).port());
    RedisEventQueue.Builder builder =
        RedisEventQueue.builder(limit)
            .client(client)
            .namespace(namespace)
            .startUp(RedisEventQueue.StartUp.FULL)
            .time(time);
    aging.ifPresent(builder::aging);
    return builder.connect();
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }

  @Override
  protected LongStream seeds() {
    return LongStream.range(0, 5);
  }
}
