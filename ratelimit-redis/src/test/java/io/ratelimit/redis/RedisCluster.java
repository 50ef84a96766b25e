package io.ratelimit.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Three masters that share the slots, and replicas where a test wants them. */
final class RedisCluster implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MASTERS = 3;

  private final List<LocalRedis> nodes = new ArrayList<>();

  private RedisCluster() {}

  static RedisCluster start() {
    RedisCluster cluster = new RedisCluster();
    try {
      for (int n = 0; n < MASTERS; n++) {
        cluster.add();
      }
      for (int n = 0; n < MASTERS; n++) {
        int[] slots = IntStream.range(firstSlot(n), firstSlot(n + 1)).toArray();
        TestClients.ask(cluster.nodes.get(n), redis -> redis.clusterAddSlots(slots));
      }
      cluster.awaitAgreement();
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private static int firstSlot(int master) {
    return SlotHash.SLOT_COUNT * master / MASTERS;
  }

  private LocalRedis add() {
    LocalRedis node =
        LocalRedis.start(
            "cluster-enabled yes",
            "cluster-node-timeout 1000",
            "cluster-replica-validity-factor 0",
            "repl-diskless-sync-delay 0");
    nodes.add(node);
    TestClients.ask(nodes.get(0), redis -> redis.clusterMeet("127.0.0.1", node.port()));
    return node;
  }

  private void awaitAgreement() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                nodes.stream()
                    .map(node -> TestClients.ask(node, RedisCommands::clusterInfo))
                    .allMatch(
                        info ->
                            info.contains("cluster_state:ok")
                                && info.contains("cluster_known_nodes:" + nodes.size())));
  }

  /** Returns the master of a namespace. */
  LocalRedis masterOf(String namespace) {
    int slot = SlotHash.getSlot("{" + namespace + "}");
    return IntStream.range(0, MASTERS)
        .filter(n -> slot < firstSlot(n + 1))
        .mapToObj(nodes::get)
        .findFirst()
        .orElseThrow();
  }

  /** Starts a replica, and waits until it has caught up with its master. */
  LocalRedis addReplicaOf(LocalRedis master) {
    LocalRedis replica = add();
    String masterId = TestClients.ask(master, RedisCommands::clusterMyId);
    awaitAgreement();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions() // Until it has heard the gossip.
        .until(
            () -> "OK".equals(TestClients.ask(replica, redis -> redis.clusterReplicate(masterId))));
    TestClients.awaitLinkToMaster(replica, PATIENCE);
    return replica;
  }

  /** Returns one node; a client finds the others. */
  RedisURI seed() {
    return RedisURI.create(nodes.get(1).uri());
  }

  void askAll(Function<RedisCommands<String, String>, Object> question) {
    nodes.forEach(node -> TestClients.ask(node, question));
  }

  List<RedisURI> seeds() {
    return nodes.stream().map(node -> RedisURI.create(node.uri())).toList();
  }

  @Override
  public void close() {
    nodes.forEach(LocalRedis::close);
  }
}
