package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineHealth;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.Time;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.redis.internal.wire.Micros;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis's clock is changed while the queue is in use; the processes have the true time. */
class ClockTest {

  private static final RateLimit LIMIT = RateLimit.of(4).per(Duration.ofSeconds(4)).withBurst(4);
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final VirtualTime truth = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
  private final SetClock clock = new SetClock(truth);
  private final String namespace = TestClients.newNamespace();
  private Starts starts = new Starts();
  private int requests;

  private RedisEventQueue connect() {
    return TestClients.queue(LIMIT).namespace(namespace).time(truth, clock).connect();
  }

  private static void publish(EventQueue queue, int count) {
    String prefix = TestClients.newNamespace();
    List<AuditEvent> events =
        IntStream.range(0, count)
            .mapToObj(n -> AuditEvent.of(prefix + n, EventType.of("TEST"), "wallet"))
            .toList();
    assertThat(queue.publish(events).accepted()).isEqualTo(count);
  }

  private TakeResult take(EventQueue queue) {
    TakeResult result = queue.take(TakeRequest.one("request-" + requests++, "worker", LEASE));
    if (result instanceof TakeResult.Taken) {
      starts.add(Micros.floor(truth.now()));
    }
    return result;
  }

  private Lease taken(EventQueue queue) {
    return ((TakeResult.Taken) take(queue)).leases().get(0);
  }

  private void assertNoWindowIsOver() {
    starts.assertWithin(LIMIT, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(longs = {600, 86_400, -600, -86_400, 3, -3})
  void aClockThatIsWrongForAWhileChangesNothing(long seconds) {
    try (RedisEventQueue queue = connect()) {
      publish(queue, 12);
      List<Lease> leases = new ArrayList<>();
      for (int n = 0; n < 4; n++) {
        leases.add(taken(queue));
      }
      assertThat(queue.retry(leases.get(0), Duration.ofSeconds(2), "because"))
          .isEqualTo(Settlement.SETTLED);
      truth.advance(Duration.ofSeconds(1));

      clock.set(Duration.ofSeconds(seconds));
      Instant full = truth.now().plusSeconds(3);
      assertThat(take(queue)).isEqualTo(new TakeResult.NotBefore(full));
      QueueStats stats = queue.stats();
      assertThat(stats.clockShift()).isEqualTo(Duration.ofSeconds(-seconds));
      assertThat(stats.observedAt()).isEqualTo(truth.now());
      assertThat(stats.delayed()).isEqualTo(1);
      assertThat(queue.retry(leases.get(1), Duration.ofSeconds(2), "because"))
          .isEqualTo(Settlement.SETTLED);
      assertThat(queue.extend(leases.get(2), Duration.ofSeconds(40))).isEqualTo(Settlement.SETTLED);
      assertThat(queue.limitControl().pauseFor(Duration.ofSeconds(3)).pause().orElseThrow().until())
          .contains(full);

      truth.advance(Duration.ofMillis(1_500));
      clock.set(Duration.ZERO);
      assertThat(take(queue)).isEqualTo(new TakeResult.Paused(Optional.of(full)));
      assertThat(queue.stats().clockShift()).isZero();
      truth.advance(Duration.ofMillis(1_500));
      assertThat(taken(queue).event().id()).isEqualTo(leases.get(0).event().id());
      assertThat(taken(queue).event().id()).isEqualTo(leases.get(1).event().id());
      assertThat(queue.leases(10).stream().filter(l -> l.token().equals(leases.get(2).token())))
          .singleElement()
          .satisfies(l -> assertThat(l.expiresAt()).isEqualTo(full.plusSeconds(37)));
      assertThat(queue.stats().isConserved()).isTrue();
      assertNoWindowIsOver();
    }
  }

  @Test
  void whoeverIsLetInWhileTheClockIsAheadIsFoundOutByWhoKnowsBetter() {
    try (RedisEventQueue old = connect()) {
      publish(old, 40);
      for (int n = 0; n < 4; n++) {
        assertThat(take(old)).isInstanceOf(TakeResult.Taken.class);
      }
      truth.advance(Duration.ofSeconds(1));
      clock.set(Duration.ofMinutes(10));
      try (RedisEventQueue fresh = connect()) {
        // It cannot know, and no other process has made a call since.
        assertThat(taken(fresh).takenAt()).isEqualTo(clock.now());
        clock.set(Duration.ZERO);
        starts = new Starts();
        starts.add(Micros.floor(truth.now()));

        TakeResult.NotBefore denied = (TakeResult.NotBefore) take(old);
        assertThat(denied.at())
            .isBetween(truth.now().plusSeconds(1), truth.now().plus(LIMIT.window()));
        truth.advance(Duration.between(truth.now(), denied.at()));
        assertThat(take(fresh)).isInstanceOf(TakeResult.Taken.class);
        assertThat(old.stats().clockShift()).isEqualTo(Duration.ofMinutes(10));
        for (int n = 0; n < 40; n++) {
          truth.advance(Duration.ofMillis(500));
          take(n % 2 == 0 ? old : fresh);
        }
        assertNoWindowIsOver();
        assertThat(starts.all()).hasSizeGreaterThanOrEqualTo(4 * 4);
      }
    }
  }

  @Test
  void noWindowIsOverByTrueTimeHoweverTheClockIsSet() {
    Random random = new Random(1);
    List<RedisEventQueue> queues = new ArrayList<>(List.of(connect(), connect(), connect()));
    try {
      publish(queues.get(0), 400);
      for (int step = 0; step < 400; step++) {
        if (random.nextInt(8) == 0) {
          int seconds = random.nextBoolean() ? 0 : random.nextInt(-5_000, 5_000);
          clock.set(Duration.ofSeconds(seconds));
        }
        take(queues.get(random.nextInt(queues.size())));
        truth.advance(Duration.ofMillis(random.nextInt(600)));
      }
      assertNoWindowIsOver();
      // About 120 s: a start per second, minus the waits.
      assertThat(starts.all()).hasSizeGreaterThan(100);
      assertThat(queues.get(0).stats().starts()).isEqualTo(starts.all().size());
    } finally {
      queues.forEach(RedisEventQueue::close);
    }
  }

  @Test
  void aNamespaceThatIsBegunAnewDoesNotInheritAWrongTime() {
    try (RedisEventQueue queue = connect()) {
      publish(queue, 10);
      assertThat(take(queue)).isInstanceOf(TakeResult.Taken.class);
      clock.set(Duration.ofMinutes(-10));
      assertThat(queue.limitControl().pauseFor(Duration.ofSeconds(10)).isPaused(truth.now()))
          .isTrue();
      TestClients.ask(
          TestClients.server(),
          redis -> redis.del(redis.keys("{" + namespace + "}:*").toArray(new String[0])));

      QueueStats stats = queue.stats();
      assertThat(stats.observedAt()).isEqualTo(clock.now());
      assertThat(stats.clockShift()).isZero();
      assertThat(stats.limit().pause().orElseThrow().until()).contains(clock.now().plusSeconds(10));
      publish(queue, 10);
      truth.advance(Duration.ofSeconds(10));
      assertThat(take(queue)).isInstanceOf(TakeResult.Taken.class);
    }
  }

  @Test
  @Timeout(120)
  void anEnginesHealthSaysThatTheClockWasSet() {
    SetClock real = new SetClock(Time.system());
    try (RedisEventQueue queue =
            TestClients.queue(LIMIT).namespace(namespace).time(Time.system(), real).connect();
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(event -> {})
                .decisionInterval(Duration.ofMillis(50))
                .build()) {
      publish(queue, 1);
      engine.start();
      await().atMost(Duration.ofSeconds(60)).until(() -> queue.stats().done() == 1);
      assertThat(engine.health().status()).isEqualTo(EngineHealth.Status.UP);
      real.set(Duration.ofMinutes(10));
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                assertThat(engine.health().status()).isEqualTo(EngineHealth.Status.DEGRADED);
                assertThat(String.join(" ", engine.health().reasons())).contains("clock", "behind");
              });
      real.set(Duration.ZERO);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> engine.health().status() == EngineHealth.Status.UP);
    }
  }

  /** Many calls are in flight at a time, at the speed of this machine. */
  @Test
  @Timeout(180)
  void workGoesOnUnderLoadWhicheverWayTheClockIsSet() {
    RateLimit limit = RateLimit.of(40).per(Duration.ofSeconds(2)).withBurst(10);
    SetClock real = new SetClock(Time.system());
    Starts counted = new Starts();
    Instant begin = Time.system().now();
    try (RedisEventQueue one =
            TestClients.queue(limit).namespace(namespace).time(Time.system(), real).connect();
        RedisEventQueue other =
            TestClients.queue(limit).namespace(namespace).time(Time.system(), real).connect()) {
      publish(one, 2_000);
      try (Lanes first = new Lanes(one, 4, LEASE, Duration.ofMillis(5), l -> add(counted, l));
          Lanes second = new Lanes(other, 4, LEASE, Duration.ofMillis(5), l -> add(counted, l))) {
        for (int seconds : new int[] {0, 600, 0, -600, 0, 86_400, -86_400, 0}) {
          real.set(Duration.ofSeconds(seconds));
          int before = first.settled.get() + second.settled.get();
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> first.settled.get() + second.settled.get() > before + 30);
        }
      }
      QueueStats stats = one.stats();
      assertThat(stats.isConserved()).isTrue();
      assertThat(stats.failed()).isZero();
      assertThat(counted.largestWindow(limit.window())).isLessThanOrEqualTo(limit.permits());
      assertThat(stats.largestWindowSince(Instant.MIN)).isLessThanOrEqualTo(limit.permits());
      // The queue's time was never ahead of the true time, so its windows are true windows.
      assertThat(Duration.between(begin, stats.observedAt()))
          .isLessThan(Duration.between(begin, Time.system().now()).plusSeconds(2));
    }
  }

  private static void add(Starts starts, Lease lease) {
    starts.add(Micros.floor(lease.takenAt()));
  }
}
