package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A master dies and its replica takes over. Replication is asynchronous, so the replica may lack
 * the master's last writes, which are undone: an event whose publication it lacks is lost, and one
 * whose take or settlement it lacks is processed again. The limit holds.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
class FailoverTest {

  // Longer than a failover, so that earlier starts count after it.
  private static final Duration WINDOW = Duration.ofSeconds(6);
  private static final RateLimit LIMIT = RateLimit.of(80).per(WINDOW).withBurst(80);
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration WORK = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int EVENTS = 120;

  private final String namespace = TestClients.newNamespace();
  private final Starts starts = new Starts();
  private final Set<String> started = ConcurrentHashMap.newKeySet();

  private RedisEventQueue.Builder queue() {
    return RedisEventQueue.builder(LIMIT)
        .clientResources(TestClients.resources())
        .namespace(namespace)
        .startUp(RedisEventQueue.StartUp.FULL);
  }

  private void onStart(Lease lease) {
    starts.add(Micros.floor(lease.takenAt()));
    assertThat(started.add(lease.event().id() + "#" + lease.attempt() + "@" + lease.takenAt()))
        .as("%s starts once at a time", lease)
        .isTrue();
  }

  private static List<AuditEvent> events(int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> AuditEvent.of("event-" + n, EventType.of("TEST"), "wallet"))
        .toList();
  }

  /** Publishes, and waits until a replica has the events. */
  private static void publish(EventQueue queue, LocalRedis master, int count) {
    assertThat(queue.publish(events(count)).accepted()).isEqualTo(count);
    awaitReplicated(master);
  }

  private static void awaitReplicated(LocalRedis master) {
    long replicas = TestClients.ask(master, redis -> redis.waitForReplication(1, 5_000));
    assertThat(replicas).isEqualTo(1);
  }

  /** Two processes' worth of lanes drain the queue while its master is killed. */
  private void drainWhileKilling(RedisEventQueue one, RedisEventQueue other, LocalRedis master) {
    publish(one, master, EVENTS);
    try (Lanes first = new Lanes(one, 4, LEASE, WORK, this::onStart);
        Lanes second = new Lanes(other, 4, LEASE, WORK, this::onStart)) {
      await().atMost(PATIENCE).until(() -> starts.all().size() >= LIMIT.permits() / 2);
      master.kill();
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(QueueUnavailableException.class)
          .until(() -> one.stats().unfinished() == 0);
      assertThat(first.unavailable.get() + second.unavailable.get()).isPositive();
    }
    QueueStats stats = one.stats();
    assertThat(stats.isConserved()).isTrue();
    assertThat(stats.published()).isEqualTo(EVENTS);
    assertThat(stats.done()).isEqualTo(EVENTS);
    assertThat(started.stream().map(start -> start.substring(0, start.indexOf('#'))).distinct())
        .as("events that started at least once")
        .hasSize(EVENTS);
    assertThat(starts.largestWindow(WINDOW)).isLessThanOrEqualTo(LIMIT.permits());
  }

  @Test
  void aMasterOfAClusterIsKilled() {
    try (RedisCluster cluster = RedisCluster.start()) {
      LocalRedis master = cluster.masterOf(namespace);
      assertThat(cluster.addReplicaOf(master).port()).isPositive();
      try (RedisEventQueue one = queue().cluster(cluster.seeds()).connect();
          RedisEventQueue other = queue().cluster(cluster.seeds()).connect()) {
        drainWhileKilling(one, other, master);
      }
    }
  }

  @Test
  void aMasterBehindSentinelIsKilled() {
    try (LocalRedis master = LocalRedis.start("repl-diskless-sync-delay 0");
        LocalRedis replica = LocalRedis.start("replicaof 127.0.0.1 " + master.port())) {
      TestClients.awaitLinkToMaster(replica, PATIENCE);
      try (LocalRedis sentinel = LocalRedis.startSentinel("audits", master)) {
        await()
            .atMost(PATIENCE)
            .until(() -> TestClients.ask(sentinel, r -> r.info("sentinel")).contains("slaves=1"));
        String uri = "redis-sentinel://127.0.0.1:" + sentinel.port() + "#audits";
        try (RedisEventQueue one = queue().uri(uri).connect();
            RedisEventQueue other = queue().uri(uri).connect()) {
          drainWhileKilling(one, other, master);
        }
      }
    }
  }

  @Test
  void whatTheReplicaLacksIsUndoneAndTheLimitHolds() {
    try (RedisCluster cluster = RedisCluster.start()) {
      LocalRedis master = cluster.masterOf(namespace);
      LocalRedis replica = cluster.addReplicaOf(master);
      try (RedisEventQueue witness = queue().cluster(cluster.seeds()).connect();
          RedisEventQueue other = queue().cluster(cluster.seeds()).connect()) {
        publish(witness, master, 100);
        takeAndAck(witness, 30);
        awaitReplicated(master);
        cutOff(replica, master);

        assertThat(
                witness.publish(AuditEvent.of("lost", EventType.of("TEST"), "wallet")).accepted())
            .isEqualTo(1);
        takeAndAck(witness, 40);
        master.kill();
        await()
            .atMost(PATIENCE)
            .ignoreExceptionsInstanceOf(QueueUnavailableException.class)
            .until(() -> other.stats().starts() >= 0);
        await()
            .atMost(PATIENCE)
            .until(
                () -> TestClients.ask(replica, r -> r.info("replication")).contains("role:master"));

        // A client that has not seen the lost writes calls first, and still waits.
        assertThat(take(other)).isInstanceOf(TakeResult.NotBefore.class);
        QueueStats stats = other.stats();
        assertThat(stats.isConserved()).isTrue();
        assertThat(stats.published()).isEqualTo(100);
        assertThat(stats.done()).isEqualTo(30);
        assertThat(stats.pending()).isEqualTo(70);

        await().atMost(PATIENCE).until(() -> take(other) instanceof TakeResult.Taken);
        assertThat(takeAll(other)).isEqualTo(69);
        assertThat(starts.largestWindow(WINDOW)).isLessThanOrEqualTo(LIMIT.permits());
        assertThat(starts.all()).hasSize(30 + 40 + 70);
      }
    }
  }

  private TakeResult take(EventQueue queue) {
    TakeResult result = queue.take(TakeRequest.one(TestClients.newNamespace(), "worker", LEASE));
    if (result instanceof TakeResult.Taken taken) {
      taken.leases().forEach(this::onStart);
    }
    return result;
  }

  private int takeAll(EventQueue queue) {
    int count = 0;
    while (take(queue) instanceof TakeResult.Taken) {
      count++;
    }
    return count;
  }

  private void takeAndAck(EventQueue queue, int count) {
    for (int n = 0; n < count; n++) {
      Lease lease = ((TakeResult.Taken) take(queue)).leases().get(0);
      assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
    }
  }

  /** Cuts off a replica: the master wants a password that it does not know. */
  private static void cutOff(LocalRedis replica, LocalRedis master) {
    TestClients.ask(
        master,
        redis -> {
          assertThat(redis.configSet("requirepass", "unknown to the replica")).isEqualTo("OK");
          return redis.clientKill(KillArgs.Builder.typeSlave());
        });
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                TestClients.ask(replica, r -> r.info("replication"))
                    .contains("master_link_status:down"));
  }
}
