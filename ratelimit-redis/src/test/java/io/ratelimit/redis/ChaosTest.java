package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineHealth;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.redis.internal.wire.WireSettings;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real server suffers all the troubles that operators know, while lanes take from it. */
@Timeout(60)
@SuppressWarnings("try") // Resources that only have to be closed.
class ChaosTest {

  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final RateLimit LIMIT = RateLimit.of(60).per(WINDOW).withBurst(10);
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration WORK = Duration.ofMillis(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String namespace = TestClients.newNamespace();
  private final Starts starts = new Starts();
  private LocalRedis server;

  private void startServer(String... settings) {
    server = LocalRedis.start(settings);
  }

  @AfterEach
  void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  private RedisEventQueue connect(RateLimit limit) {
    return TestClients.queue(server, limit)
        .namespace(namespace)
        .commandTimeout(Duration.ofMillis(500))
        .connect();
  }

  private Lanes lanes(EventQueue queue) {
    return new Lanes(queue, 4, LEASE, WORK, lease -> starts.add(Micros.floor(lease.takenAt())));
  }

  private static List<AuditEvent> events(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> AuditEvent.of(prefix + n, EventType.of("TEST"), "wallet"))
        .toList();
  }

  private static void publish(EventQueue queue, String prefix, int count) {
    assertThat(queue.publish(events(prefix, count)).accepted()).isEqualTo(count);
  }

  private static void awaitStarts(Starts starts, int count) {
    await().atMost(PATIENCE).until(() -> starts.all().size() >= count);
  }

  private static void awaitDrained(EventQueue queue) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(QueueUnavailableException.class)
        .until(() -> queue.stats().unfinished() == 0);
  }

  private void assertLimitHeld() {
    assertThat(starts.largestWindow(WINDOW)).isLessThanOrEqualTo(LIMIT.permits());
  }

  private static void assertAllDone(EventQueue queue, int published) {
    QueueStats stats = queue.stats();
    assertThat(stats.isConserved()).isTrue();
    assertThat(stats.published()).isEqualTo(published);
    assertThat(stats.done()).isEqualTo(published);
  }

  @Test
  void scriptsAreFlushedAndConnectionsKilled() {
    startServer();
    try (RedisEventQueue one = connect(LIMIT);
        RedisEventQueue other = connect(LIMIT);
        Starts.Watcher watcher = starts.new Watcher(server.uri(), namespace)) {
      publish(one, "event-", 200);
      try (Lanes first = lanes(one);
          Lanes second = lanes(other)) {
        for (int round = 1; round <= 8; round++) {
          awaitStarts(starts, round * 20);
          TestClients.ask(server, RedisCommands::scriptFlush);
          TestClients.ask(
              server, redis -> redis.clientKill(KillArgs.Builder.typeNormal().skipme()));
          TestClients.ask(server, redis -> redis.clientKill(KillArgs.Builder.typePubsub()));
        }
        awaitDrained(one);
        assertThat(first.unavailable.get() + second.unavailable.get()).isPositive();
      }
      assertAllDone(one, 200);
      assertThat(one.stats().starts()).isGreaterThanOrEqualTo(starts.all().size());
    }
    assertLimitHeld();
  }

  @Test
  void changesAreHeardAgainAfterTheConnectionWasKilled() {
    startServer();
    try (RedisEventQueue one = connect(LIMIT);
        RedisEventQueue other = connect(LIMIT)) {
      AtomicInteger heard = new AtomicInteger();
      TestClients.ask(server, redis -> redis.clientKill(KillArgs.Builder.typePubsub()));
      String channel = "{" + namespace + "}:changes";
      await()
          .until(
              () ->
                  TestClients.ask(
                      server, redis -> redis.pubsubNumsub(channel).get(channel).equals(2L)));
      try (Subscription subscription = one.onChange(heard::incrementAndGet)) {
        publish(other, "event-", 1);

        await().until(() -> heard.get() > 0);
      }
    }
  }

  @Test
  void allIsFlushed() {
    startServer();
    try (RedisEventQueue one = connect(LIMIT);
        RedisEventQueue other = connect(LIMIT);
        Starts.Watcher watcher = starts.new Watcher(server.uri(), namespace)) {
      publish(one, "before-", 200);
      try (Lanes first = lanes(one);
          Lanes second = lanes(other)) {
        awaitStarts(starts, 90);
        TestClients.ask(server, RedisCommands::flushall);
        publish(other, "after-", 100);
        awaitDrained(one);
        awaitStarts(starts, 190);
      }
      assertAllDone(one, 100);
    }
    assertLimitHeld();
  }

  @Test
  void theServerIsRestartedWithoutPersistence() {
    startServer();
    try (RedisEventQueue one = connect(LIMIT);
        RedisEventQueue other = connect(LIMIT)) {
      publish(one, "before-", 200);
      try (Lanes first = lanes(one);
          Lanes second = lanes(other)) {
        awaitStarts(starts, 90);
        server.kill();
        server.startAgain();
        await()
            .atMost(PATIENCE)
            .ignoreExceptionsInstanceOf(QueueUnavailableException.class)
            .until(() -> one.publish(events("after-", 100)).accepted() > 0);
        awaitDrained(one);
      }
      assertThat(one.stats().isConserved()).isTrue();
      assertThat(one.stats().done()).isEqualTo(100);
    }
    assertLimitHeld();
  }

  @Test
  void theServerIsRestartedWithPersistence() {
    startServer("appendonly yes", "appendfsync always");
    try (RedisEventQueue one = connect(LIMIT);
        RedisEventQueue other = connect(LIMIT)) {
      publish(one, "event-", 200);
      try (Lanes first = lanes(one);
          Lanes second = lanes(other)) {
        awaitStarts(starts, 60);
        server.kill();
        server.startAgain();
        awaitStarts(starts, 120);
        server.stop();
        server.startAgain();
        awaitDrained(one);
      }
      assertAllDone(one, 200);
    }
    assertLimitHeld();
  }

  @Test
  void anEngineIsUnwellWhileTheServerIsAwayAndGoesOnByItself() {
    startServer("appendonly yes", "appendfsync always");
    Set<String> handled = ConcurrentHashMap.newKeySet();
    try (RedisEventQueue queue = connect(LIMIT);
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(
                    event -> {
                      handled.add(event.id());
                    })
                .lease(LEASE)
                .build()) {
      engine.start();
      publish(queue, "event-", 200);
      await().atMost(PATIENCE).until(() -> handled.size() >= 60);
      assertThat(engine.health().status()).isEqualTo(EngineHealth.Status.UP);

      server.kill();
      await().atMost(PATIENCE).until(() -> engine.health().status() != EngineHealth.Status.UP);
      server.startAgain();

      awaitDrained(queue);
      await().atMost(PATIENCE).until(() -> engine.health().status() == EngineHealth.Status.UP);
      assertThat(handled).hasSize(200);
      assertAllDone(queue, 200);
    }
  }

  @Test
  void theServerStandsStill() {
    startServer();
    try (RedisEventQueue queue = connect(LIMIT)) {
      publish(queue, "event-", 3);
      // The server knows the script already.
      assertThat(queue.ack(take(queue, "first"))).isEqualTo(Settlement.SETTLED);
      Lease held = take(queue, "held");
      TakeRequest request = TakeRequest.one("twice", "worker", LEASE);
      server.suspend();
      try {
        assertThatThrownBy(() -> queue.take(request))
            .isInstanceOf(QueueUnavailableException.class)
            .hasMessageContaining("did not answer")
            .hasMessageContaining("the same request returns them again");
        assertThatThrownBy(() -> queue.ack(held))
            .isInstanceOf(QueueUnavailableException.class)
            .hasMessageContaining("acknowledging it again returns STALE_LEASE");
      } finally {
        server.resume();
      }

      // The call in flight has run in the meantime or runs now, but only once.
      await()
          .ignoreExceptionsInstanceOf(QueueUnavailableException.class)
          .untilAsserted(
              () -> assertThat(queue.take(request)).isInstanceOf(TakeResult.Taken.class));
      assertThat(queue.ack(held)).isEqualTo(Settlement.STALE_LEASE);
      QueueStats stats = queue.stats();
      assertThat(stats.starts()).isEqualTo(3);
      assertThat(stats.done()).isEqualTo(2);
      assertThat(stats.leased()).isEqualTo(1);
    }
  }

  private static Lease take(EventQueue queue, String request) {
    TakeResult result = queue.take(TakeRequest.one(request, "worker", LEASE));
    return ((TakeResult.Taken) result).leases().get(0);
  }

  @Test
  void nothingIsSentWhileTheServerIsAway() {
    startServer();
    try (RedisEventQueue queue = connect(LIMIT)) {
      publish(queue, "event-", 1);
      server.kill();

      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> queue.take(TakeRequest.one("one", "worker", LEASE)))
                      .isInstanceOf(QueueUnavailableException.class)
                      .hasMessageContaining("was not sent and nothing was changed"));
      server.startAgain();
      await()
          .ignoreExceptionsInstanceOf(QueueUnavailableException.class)
          .until(() -> queue.stats().published() == 0);
    }
  }

  @Test
  void aWorkerSleepsPastItsLease() {
    startServer();
    try (RedisEventQueue sleeper = connect(LIMIT);
        RedisEventQueue other = connect(LIMIT)) {
      publish(sleeper, "event-", 1);
      TakeRequest brief = TakeRequest.one("brief", "sleeper", Duration.ofMillis(100));
      Lease lost = ((TakeResult.Taken) sleeper.take(brief)).leases().get(0);
      AtomicReference<Lease> second = new AtomicReference<>();
      await()
          .until(
              () -> {
                TakeResult result = other.take(TakeRequest.one("second", "other", LEASE));
                if (result instanceof TakeResult.Taken taken) {
                  second.set(taken.leases().get(0));
                }
                return second.get() != null;
              });

      assertThat(sleeper.ack(lost)).isEqualTo(Settlement.STALE_LEASE);
      assertThat(sleeper.extend(lost, LEASE)).isEqualTo(Settlement.STALE_LEASE);
      assertThat(second.get().attempt()).isEqualTo(2);
      assertThat(other.ack(second.get())).isEqualTo(Settlement.SETTLED);
      assertThat(other.stats().expiredLeases()).isEqualTo(1);
      assertAllDone(other, 1);
    }
  }

  @Test
  void theLimitIsLoweredAndRaisedUnderLoad() {
    startServer();
    RateLimit low = LIMIT.withPermits(20).withBurst(1);
    try (RedisEventQueue one = connect(LIMIT);
        RedisEventQueue other = connect(LIMIT);
        Starts.Watcher watcher = starts.new Watcher(server.uri(), namespace)) {
      publish(one, "event-", 300);
      try (Lanes first = lanes(one);
          Lanes second = lanes(other)) {
        awaitStarts(starts, 90);
        assertThat(other.limitControl().changeLimit(low).normal()).isEqualTo(low);
        long lowered = changedAt();
        await().atMost(PATIENCE).until(() -> starts.after(lowered).size() >= 30);
        assertThat(one.limitControl().changeLimit(LIMIT).normal()).isEqualTo(LIMIT);
        long raised = changedAt();
        awaitDrained(one);

        starts.assertWithin(low, lowered, raised);
        // The first start after the change waited until only 19 were left in the window.
        assertThat(starts.after(lowered).get(0) - lowered).isGreaterThan(300_000);
      }
      assertAllDone(one, 300);
    }
    assertLimitHeld();
  }

  private long changedAt() {
    String settings =
        TestClients.ask(server, redis -> redis.hget("{" + namespace + "}:meta", "settings"));
    return WireSettings.parse(settings).changedAt();
  }

  @Test
  void aFullMemoryRefusesNewEventsAndLetsTheOldOnesBeDrained() {
    startServer("maxmemory-policy noeviction");
    try (RedisEventQueue queue = connect(LIMIT)) {
      publish(queue, "event-", 2);
      Lease lease = take(queue, "held");
      TestClients.ask(server, redis -> redis.configSet("maxmemory", "1"));

      assertThatThrownBy(() -> queue.publish(events("more-", 1)))
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining("nothing was changed")
          .hasMessageContaining("OOM");
      assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
      assertThat(queue.ack(take(queue, "next"))).isEqualTo(Settlement.SETTLED);
      assertThat(queue.stats().published()).isEqualTo(2);
      assertThat(queue.stats().isConserved()).isTrue();
    }
  }
}
