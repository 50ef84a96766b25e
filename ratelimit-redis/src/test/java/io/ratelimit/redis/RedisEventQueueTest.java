package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineHealth;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AckedAndTaken;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.redis.internal.control.Clearing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Features of the queue in Redis beyond the contract. */
class RedisEventQueueTest {

  private static final RateLimit FAST = RateLimit.of(1_000_000).perSecond().withBurst(1_000_000);
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final EventType TYPE = EventType.of("TEST");

  private final VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));

  private static List<AuditEvent> events(int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> AuditEvent.of("event-" + n, TYPE, "wallet"))
        .toList();
  }

  private static List<Lease> take(EventQueue queue, String request, int max) {
    TakeResult result = queue.take(new TakeRequest(request, "worker", max, LEASE));
    return result instanceof TakeResult.Taken taken ? taken.leases() : List.of();
  }

  @Test
  void manyEventsArePublishedTakenAndAcknowledgedInBatches() {
    try (RedisEventQueue queue = TestClients.queue(FAST).connect()) {
      List<AuditEvent> twice = new ArrayList<>(events(3_000));
      twice.addAll(events(10));

      assertThat(queue.publish(twice).accepted()).isEqualTo(3_000);
      assertThat(queue.publish(twice).duplicateIds()).hasSize(3_010);
      for (int batch = 0; batch < 3; batch++) {
        List<Lease> leases = take(queue, "batch-" + batch, TakeRequest.MAX_EVENTS);
        assertThat(leases).extracting(Lease::sequence).hasSize(1_000).isSorted();
        assertThat(queue.ackAll(leases)).containsOnly(Settlement.SETTLED).hasSize(1_000);
      }
      assertThat(queue.stats().done()).isEqualTo(3_000);
      assertThat(queue.stats().isConserved()).isTrue();
    }
  }

  @Test
  void aBatchOfAcknowledgementsSaysOfEachLeaseWhatBecameOfIt() {
    try (RedisEventQueue queue = TestClients.queue(FAST).retainDone(10).connect()) {
      assertThat(queue.publish(events(4)).accepted()).isEqualTo(4);
      List<Lease> leases = take(queue, "four", 4);
      assertThat(queue.ack(leases.get(1))).isEqualTo(Settlement.SETTLED);

      assertThat(queue.ackAll(List.of(leases.get(0), leases.get(1), leases.get(2), leases.get(2))))
          .containsExactly(
              Settlement.SETTLED,
              Settlement.STALE_LEASE,
              Settlement.SETTLED,
              Settlement.STALE_LEASE);
      assertThat(queue.recentlyDone(10))
          .extracting(done -> done.event().id())
          .containsExactly("event-2", "event-0", "event-1");
      assertThat(queue.stats().leased()).isEqualTo(1);
      assertThat(queue.stats().isConserved()).isTrue();
      assertThat(queue.ackAll(List.of())).isEmpty();
    }
  }

  @Test
  void anAcknowledgementAndATakeInOneRoundTripAreLikeOneAfterTheOther() {
    try (RedisEventQueue queue = TestClients.queue(FAST).connect()) {
      assertThat(queue.publish(events(2)).accepted()).isEqualTo(2);
      Lease first = take(queue, "first", 1).get(0);
      TakeRequest request = new TakeRequest("second", "worker", 1, LEASE);

      AckedAndTaken next = queue.ackAndTake(List.of(first), request);
      assertThat(next.acked()).containsExactly(Settlement.SETTLED);
      Lease second = ((TakeResult.Taken) next.taken().orElseThrow()).leases().get(0);
      assertThat(second.event().id()).isEqualTo("event-1");

      AckedAndTaken again = queue.ackAndTake(List.of(first), request);
      assertThat(again.acked()).containsExactly(Settlement.STALE_LEASE);
      assertThat(again.taken()).as("the same request").isEqualTo(next.taken());

      AckedAndTaken last =
          queue.ackAndTake(List.of(second), new TakeRequest("third", "worker", 1, LEASE));
      assertThat(last.acked()).containsExactly(Settlement.SETTLED);
      assertThat(last.taken()).containsInstanceOf(TakeResult.Empty.class);
      assertThat(queue.stats().done()).isEqualTo(2);
    }
  }

  @Test
  void aRequestThatComesTwiceInOneCallTakesOnce() {
    try (RedisEventQueue queue = TestClients.queue(FAST).connect()) {
      assertThat(queue.publish(events(4)).accepted()).isEqualTo(4);
      TakeRequest request = new TakeRequest("twice", "worker", 2, LEASE);

      List<Optional<TakeResult>> results =
          queue.taker.ask(List.of(request, request)).join().stream()
              .map(queue.taker::result)
              .toList();

      assertThat(results.get(0)).containsInstanceOf(TakeResult.Taken.class);
      assertThat(results.get(1)).as("to be sent again").isEmpty();
      assertThat(queue.take(request)).isEqualTo(results.get(0).orElseThrow());
      assertThat(queue.stats().leased()).isEqualTo(2);
      assertThat(queue.stats().isConserved()).isTrue();
    }
  }

  @Test
  void clearGoesOnUntilNothingIsLeft() {
    try (RedisEventQueue queue = TestClients.queue(FAST).connect()) {
      assertThat(queue.publish(events(2_500)).accepted()).isEqualTo(2_500);
      take(queue, "to-retry", 5)
          .forEach(lease -> assertThat(queue.retry(lease, LEASE, "later")).isNotNull());
      take(queue, "to-fail", 7).forEach(lease -> assertThat(queue.fail(lease, "no")).isNotNull());
      assertThat(take(queue, "held", 1)).hasSize(1);

      assertThat(queue.clear(ClearScope.ALL).total()).isEqualTo(2_499);
      assertThat(queue.stats().leased()).isEqualTo(1);
      assertThat(queue.stats().pendingByType()).isEmpty();
      assertThat(queue.stats().isConserved()).isTrue();
    }
  }

  /** Between two steps of a clear, others publish, settle and redrive. */
  @Test
  void whatIsPublishedOrComesBackDuringAClearStays() {
    try (RedisEventQueue queue = TestClients.queue(FAST).time(time).connect()) {
      assertThat(queue.publish(events(30)).accepted()).isEqualTo(30);
      take(queue, "before", 2).forEach(l -> assertThat(queue.fail(l, "old")).isNotNull());
      long redriven = queue.failedQueue().latest(1).get(0).sequence();
      take(queue, "delayed", 2)
          .forEach(l -> assertThat(queue.retry(l, Duration.ofSeconds(1), "old")).isNotNull());
      List<Lease> held = take(queue, "held", 4);
      TakeRequest brief = new TakeRequest("brief", "worker", 1, Duration.ofSeconds(1));
      assertThat(queue.take(brief)).isInstanceOf(TakeResult.Taken.class);
      Clearing clearing = queue.clearing(ClearScope.ALL, 3);
      assertThat(clearing.step()).isTrue();

      assertThat(queue.release(held.get(0))).isEqualTo(Settlement.SETTLED);
      assertThat(queue.retry(held.get(1), LEASE, "new")).isEqualTo(Settlement.SETTLED);
      assertThat(queue.fail(held.get(2), "new")).isEqualTo(Settlement.SETTLED);
      assertThat(queue.failedQueue().redrive(redriven)).isEqualTo(Redrive.REDRIVEN);
      assertThat(queue.publish(AuditEvent.of("late", TYPE, "wallet")).accepted()).isEqualTo(1);
      AuditEvent urgent = AuditEvent.of("late-too", EventType.REBALANCE_NEEDED, "wallet");
      assertThat(queue.publish(urgent).accepted()).isEqualTo(1);
      assertThat(queue.retry(take(queue, "late", 1).get(0), LEASE, "new"))
          .isEqualTo(Settlement.SETTLED);
      // The short lease expires, and events delayed before the clear become pending.
      time.advance(Duration.ofSeconds(2));
      assertThat(take(queue, "promoting", 1)).hasSize(1);

      boolean more = true;
      while (more) {
        more = clearing.step();
      }
      QueueStats stats = queue.stats();
      assertThat(stats.isConserved()).isTrue();
      assertThat(stats.delayed()).as("one held, one published meanwhile").isEqualTo(2);
      assertThat(stats.failed()).as("one held").isEqualTo(1);
      assertThat(stats.leased()).as("one held, one taken at last").isEqualTo(2);
      assertThat(clearing.receipt().total()).isEqualTo(stats.discarded());
      // One of the released, expired, redriven and published events was taken.
      assertThat(stats.pending()).isEqualTo(3);
      assertThat(queue.clear(ClearScope.ALL).total()).as("the next one").isEqualTo(6);
      assertThat(queue.stats().pendingByType()).isEmpty();
    }
  }

  @Test
  void aClearEndsThoughMoreComesBackThanItDiscardsAtOnce() {
    try (RedisEventQueue queue = TestClients.queue(FAST).time(time).connect()) {
      assertThat(queue.publish(events(40)).accepted()).isEqualTo(40);
      List<Lease> held = take(queue, "held", 20);
      Clearing clearing = queue.clearing(ClearScope.PENDING, 3);
      assertThat(clearing.step()).isTrue();
      held.forEach(lease -> assertThat(queue.release(lease)).isNotNull());
      int steps = 1;
      while (clearing.step()) {
        steps++;
      }

      assertThat(steps).isLessThan(20);
      assertThat(queue.stats().pending()).isEqualTo(20);
      assertThat(queue.stats().discarded()).isEqualTo(20);
    }
  }

  @Test
  void theNotesOfAClearThatWasBrokenOffAreForgotten() {
    String namespace = TestClients.newNamespace();
    String notes = "{" + namespace + "}:returned";
    try (RedisEventQueue queue =
        TestClients.queue(FAST).namespace(namespace).time(time).connect()) {
      assertThat(queue.publish(events(10)).accepted()).isEqualTo(10);
      List<Lease> held = take(queue, "held", 3);
      assertThat(queue.clearing(ClearScope.PENDING, 3).step()).isTrue();
      assertThat(queue.release(held.get(0))).isEqualTo(Settlement.SETTLED);
      long noted = TestClients.ask(TestClients.server(), r -> r.hlen(notes));
      assertThat(noted).isEqualTo(1);

      time.advance(Duration.ofSeconds(11));
      assertThat(queue.retry(held.get(1), LEASE, "later")).isEqualTo(Settlement.SETTLED);
      long left = TestClients.ask(TestClients.server(), r -> r.hlen(notes));
      assertThat(left).isZero();
      assertThat(queue.clear(ClearScope.PENDING).total()).isEqualTo(6);
    }
  }

  @Test
  void fewerDoneEventsAreRetainedOnceThatIsWanted() {
    String namespace = TestClients.newNamespace();
    RedisEventQueue.Builder builder = TestClients.queue(FAST).namespace(namespace);
    try (RedisEventQueue many = builder.retainDone(3_000).connect();
        RedisEventQueue few = builder.retainDone(2).connect();
        RedisEventQueue none = builder.retainDone(0).connect()) {
      assertThat(many.publish(events(1_510)).accepted()).isEqualTo(1_510);
      assertThat(many.ackAll(take(many, "first", 1_000))).hasSize(1_000);
      assertThat(many.ackAll(take(many, "second", 500))).hasSize(500);
      assertThat(many.recentlyDone(1_000)).hasSize(1_000);

      for (Lease lease : take(few, "few", 2)) {
        assertThat(few.ack(lease)).isEqualTo(Settlement.SETTLED);
      }
      assertThat(few.recentlyDone(1_000))
          .extracting(done -> done.event().id())
          .containsExactly("event-1501", "event-1500");
      assertThat(none.ack(take(none, "none", 1).get(0))).isEqualTo(Settlement.SETTLED);
      assertThat(none.recentlyDone(10)).isEmpty();
      assertThat(few.ack(take(few, "again", 1).get(0))).isEqualTo(Settlement.SETTLED);
      assertThat(few.recentlyDone(10)).hasSize(1);
    }
  }

  @Test
  void nothingIsLeftOfARemovedNamespace() {
    String namespace = TestClients.newNamespace();
    RedisEventQueue queue =
        TestClients.queue(FAST).namespace(namespace).retainDone(10).failedAgeLimit(LEASE).connect();
    assertThat(queue.publish(events(1_500)).accepted()).isEqualTo(1_500);
    List<Lease> leases = take(queue, "some", 4);
    assertThat(queue.ack(leases.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.fail(leases.get(1), "no")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.retry(leases.get(2), LEASE, "later")).isEqualTo(Settlement.SETTLED);

    queue.remove();

    List<String> keys =
        TestClients.ask(TestClients.server(), redis -> redis.keys("{" + namespace + "}:*"));
    assertThat(keys).isEmpty();
    assertThatThrownBy(queue::stats).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothingButCountersAndTheLogOfStartsStaysOfFinishedEvents() {
    String namespace = TestClients.newNamespace();
    try (RedisEventQueue queue = TestClients.queue(FAST).namespace(namespace).connect()) {
      assertThat(queue.publish(events(100)).accepted()).isEqualTo(100);
      assertThat(queue.ackAll(take(queue, "all", 100))).hasSize(100);

      List<String> keys =
          TestClients.ask(TestClients.server(), redis -> redis.keys("{" + namespace + "}:*"));
      assertThat(keys)
          .containsExactlyInAnyOrder(
              "{" + namespace + "}:meta",
              "{" + namespace + "}:observed",
              "{" + namespace + "}:starts");
    }
  }

  @Test
  void theLastDoneEventsAreRetained() {
    try (RedisEventQueue queue = TestClients.queue(FAST).retainDone(3).connect()) {
      assertThat(queue.publish(events(5)).accepted()).isEqualTo(5);
      take(queue, "all", 5).forEach(lease -> assertThat(queue.ack(lease)).isNotNull());

      assertThat(queue.recentlyDone(10))
          .extracting(done -> done.event().id())
          .containsExactly("event-4", "event-3", "event-2");
      assertThat(queue.recentlyDone(1)).extracting(QueuedEvent::attempts).containsExactly(1);
    }
  }

  @Test
  void oldFailuresAreDiscarded() {
    try (RedisEventQueue queue =
        TestClients.queue(FAST).failedAgeLimit(Duration.ofHours(1)).time(time).connect()) {
      assertThat(queue.publish(events(2)).accepted()).isEqualTo(2);
      assertThat(queue.fail(take(queue, "first", 1).get(0), "old")).isNotNull();
      time.advance(Duration.ofMinutes(40));
      assertThat(queue.fail(take(queue, "second", 1).get(0), "newer")).isNotNull();
      time.advance(Duration.ofMinutes(20));
      assertThat(take(queue, "none", 1)).isEmpty();

      assertThat(queue.failedQueue().page(0, 10))
          .extracting(failure -> failure.reason())
          .containsExactly("newer");
      assertThat(queue.stats().discarded()).isEqualTo(1);
      assertThat(queue.stats().isConserved()).isTrue();
    }
  }

  @Test
  void eventsThatTheLimitHasBecomeTooSmallForDoNotHoldUpOthers() {
    try (RedisEventQueue queue =
        TestClients.queue(RateLimit.of(10).perSecond().withBurst(10)).connect()) {
      List<AuditEvent> heavy = events(250).stream().map(event -> event.withWeight(5)).toList();
      assertThat(queue.publish(heavy).accepted()).isEqualTo(250);
      assertThat(queue.publish(AuditEvent.of("light", TYPE, "wallet")).accepted()).isEqualTo(1);
      assertThat(queue.limitControl().changeLimit(RateLimit.of(2).perSecond())).isNotNull();

      assertThat(take(queue, "one", 1)).extracting(l -> l.event().id()).containsExactly("light");
      assertThat(queue.stats().failed()).isEqualTo(250);
      assertThat(queue.stats().isConserved()).isTrue();
    }
  }

  @Test
  void waitsAreToldInTheQueuesTimeNeverEarly() {
    try (RedisEventQueue queue = TestClients.queue(RateLimit.of(1).perMinute()).connect()) {
      assertThat(queue.publish(events(2)).accepted()).isEqualTo(2);
      Instant before = queue.time().now();
      assertThat(take(queue, "first", 1)).hasSize(1);
      Instant between = queue.time().now();
      TakeResult denied = queue.take(TakeRequest.one("second", "worker", LEASE));
      Instant after = queue.time().now();

      assertThat(denied).isInstanceOf(TakeResult.NotBefore.class);
      Instant at = ((TakeResult.NotBefore) denied).at();
      assertThat(at)
          .isAfter(before.plusSeconds(60))
          .isBefore(between.plusSeconds(60).plus(Duration.between(between, after)));
    }
  }

  @Test
  void changesByAnotherClientAreHeard() {
    String namespace = TestClients.newNamespace();
    try (RedisEventQueue one = TestClients.queue(FAST).namespace(namespace).connect();
        RedisEventQueue other = TestClients.queue(FAST).namespace(namespace).connect()) {
      AtomicInteger heard = new AtomicInteger();
      // The subscription itself may cause a first call.
      awaitSubscribers(namespace, 2);
      Subscription failing =
          one.onChange(
              () -> {
                throw new IllegalStateException("a listener's own fault");
              });
      Subscription subscription = one.onChange(heard::incrementAndGet);
      int before = heard.get();
      assertThat(other.publish(events(1)).accepted()).isEqualTo(1);
      await().until(() -> heard.get() > before);

      int beforeChange = heard.get();
      assertThat(other.limitControl().pause()).isNotNull();
      await().until(() -> heard.get() > beforeChange);
      failing.close();
      subscription.close();
    }
  }

  private static void awaitSubscribers(String namespace, long count) {
    String channel = "{" + namespace + "}:changes";
    await()
        .until(
            () ->
                TestClients.ask(
                    TestClients.server(),
                    redis -> redis.pubsubNumsub(channel).get(channel).equals(count)));
  }

  @Test
  void theHostsClientIsUsedAndStaysOpen() {
    RedisClient client = TestClients.client(TestClients.server());
    try {
      RedisEventQueue queue = TestClients.queue(FAST).client(client).connect();
      assertThat(queue.publish(events(1)).accepted()).isEqualTo(1);
      queue.close();
      queue.close();

      assertThatThrownBy(queue::stats)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
      assertThatThrownBy(() -> queue.publish(List.of())).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> queue.onChange(() -> {})).isInstanceOf(IllegalStateException.class);
      assertThat(client.connect().sync().ping()).isEqualTo("PONG");
    } finally {
      client.shutdown();
    }
  }

  @Test
  void aNewReleaseSetsItsLimitAndTheOldOneDoesNotSetItBack() {
    String namespace = TestClients.newNamespace();
    RateLimit old = RateLimit.of(20).perMinute();
    RateLimit fresh = RateLimit.of(30).perMinute();
    RateLimit manual = RateLimit.of(25).perMinute();
    RedisEventQueue.Builder oldRelease =
        TestClients.queue(old).namespace(namespace).limitVersion(1);
    RedisEventQueue.Builder newRelease =
        TestClients.queue(fresh).namespace(namespace).limitVersion(2);
    try (RedisEventQueue before = oldRelease.connect()) {
      assertThat(before.limitControl().settings().normal()).isEqualTo(old);
      assertThat(before.notes()).isEmpty();

      try (RedisEventQueue after = newRelease.connect();
          RedisEventQueue restarted = oldRelease.connect()) {
        assertThat(before.limitControl().settings().normal()).isEqualTo(fresh);
        assertThat(after.notes()).isEmpty();
        assertThat(restarted.notes())
            .singleElement()
            .asString()
            .contains("the limit is 30/min, set in Redis, and not 20/min");
        assertThat(before.notes()).isEqualTo(restarted.notes());

        after.limitControl().changeLimit(manual);
      }
      newRelease.connect().close();
      assertThat(before.limitControl().settings().normal()).isEqualTo(manual);
    }
    assertThatThrownBy(() -> TestClients.queue(old).limitVersion(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit version must be 1 to 1000000000000000 but is 0");
  }

  private static RedisEventQueue.Builder byAccount(String namespace, RateLimit window) {
    return TestClients.queue(FAST)
        .namespace(namespace)
        .limits(
            Limits.builder()
                .limit("account", AuditEvent::walletId, window)
                .limit("weight", RateLimit.of(100).perMinute())
                .build());
  }

  /** A release that declares a slower one, as the API has new rules, would not know it. */
  @Test
  void itIsToldWhichNamedLimitsAreNotTheDeclaredOnes() {
    String namespace = TestClients.newNamespace();
    RateLimit old = RateLimit.of(20).perMinute();
    RateLimit slower = RateLimit.of(10).perMinute();
    try (RedisEventQueue before = byAccount(namespace, old).connect();
        RedisEventQueue after = byAccount(namespace, slower).connect()) {
      assertThat(before.notes()).isEmpty();
      assertThat(after.notes())
          .singleElement()
          .asString()
          .contains("the named limit account was set to [20/min] in Redis")
          .contains("and not to [10/min], which it declares");

      after.namedLimitControl().set(NamedLimit.of("account", slower));

      assertThat(after.notes()).isEmpty();
    }
  }

  @Test
  void healthTellsOfALimitThatIsNotTheConfiguredOne() {
    String namespace = TestClients.newNamespace();
    TestClients.queue(FAST).namespace(namespace).connect().close();
    try (RedisEventQueue queue =
            TestClients.queue(RateLimit.of(7).perMinute()).namespace(namespace).connect();
        AuditEngine engine = AuditEngine.builder(queue).handler(event -> {}).build()) {
      assertThat(engine.health().notes()).isEqualTo(queue.notes()).hasSize(1);
      engine.start();
      assertThat(engine.health().status()).isEqualTo(EngineHealth.Status.UP);
      assertThat(engine.health().notes()).isEqualTo(queue.notes());
    }
  }

  @Test
  void aClientOfTheHostsThatWouldRepeatCommandsIsRefused() {
    RedisClient client = RedisClient.create(TestClients.resources(), TestClients.server().uri());
    RedisClusterClient cluster =
        RedisClusterClient.create(TestClients.resources(), TestClients.server().uri());
    try {
      assertThatThrownBy(() -> TestClients.queue(FAST).client(client).connect())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("disconnectedBehavior is DEFAULT")
          .hasMessageContaining("REJECT_COMMANDS");
      assertThatThrownBy(() -> TestClients.queue(FAST).client(cluster).connect())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("disconnectedBehavior is DEFAULT");

      client.setOptions(ClientOptions.builder().autoReconnect(false).build());
      TestClients.queue(FAST).client(client).connect().close();
    } finally {
      cluster.shutdown();
      client.shutdown();
    }
  }

  @Test
  void noServerIsSaidAtOnce() {
    assertThatThrownBy(
            () ->
                RedisEventQueue.connect("redis://127.0.0.1:1", "none", RateLimit.of(1).perSecond()))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("cannot be reached");
  }

  @Test
  void badSettingsAreRefusedWhereTheyAreMade() {
    RedisEventQueue.Builder builder = RedisEventQueue.builder(FAST);
    assertThatThrownBy(() -> builder.commandTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.aging(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.failedAgeLimit(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.retainDone(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.cluster(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.uri("http://localhost"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.namespace("a}b").connect())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a}b");
  }

  @Test
  void anInterruptedThreadStillSettles() {
    try (RedisEventQueue queue = TestClients.queue(FAST).connect()) {
      assertThat(queue.publish(events(1)).accepted()).isEqualTo(1);
      Lease lease = take(queue, "one", 1).get(0);
      Thread.currentThread().interrupt();

      assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
