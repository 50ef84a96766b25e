package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients remember state that the store has lost. */
class LostStateTest {

  private static final RateLimit LIMIT = RateLimit.of(4).per(Duration.ofSeconds(4)).withBurst(2);
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
  private final String namespace = TestClients.newNamespace();
  private int requests;

  private RedisEventQueue connect(RedisEventQueue.StartUp startUp, RateLimit limit) {
    return TestClients.queue(limit).namespace(namespace).startUp(startUp).time(time).connect();
  }

  private RedisEventQueue connect() {
    return connect(RedisEventQueue.StartUp.FULL, LIMIT);
  }

  private static void publish(EventQueue queue, int count) {
    List<AuditEvent> events =
        IntStream.range(0, count)
            .mapToObj(n -> AuditEvent.of("event-" + n, EventType.of("TEST"), "wallet"))
            .toList();
    assertThat(queue.publish(events).accepted()).isEqualTo(count);
  }

  private TakeResult take(EventQueue queue) {
    return queue.take(TakeRequest.one("request-" + requests++, "worker", LEASE));
  }

  private String key(String name) {
    return "{" + namespace + "}:" + name;
  }

  private void forgetAll() {
    TestClients.ask(
        TestClients.server(),
        redis -> redis.del(redis.keys("{" + namespace + "}:*").toArray(new String[0])));
  }

  private void assertWaitsForOneWindow(EventQueue queue) {
    assertWaitsFor(LIMIT.window(), queue);
  }

  private void assertWaitsFor(Duration wait, EventQueue queue) {
    assertThat(take(queue)).isEqualTo(new TakeResult.NotBefore(time.now().plus(wait)));
    time.advance(wait.minusNanos(1_000));
    assertThat(take(queue)).isInstanceOf(TakeResult.NotBefore.class);
    time.advance(Duration.ofNanos(1_000));
    assertThat(take(queue)).isInstanceOf(TakeResult.Taken.class);
  }

  @Test
  void anUnknownPastIsTakenToObeyTheLimitByDefault() {
    try (RedisEventQueue queue =
        TestClients.queue(LIMIT).startUp(RedisEventQueue.StartUp.WAIT).time(time).connect()) {
      publish(queue, 3);

      // A burst of 2 just now, and one start per second before.
      assertWaitsFor(Duration.ofSeconds(2), queue);
    }
  }

  @Test
  void anEmptiedStoreDoesNotReopenTheWindow() {
    try (RedisEventQueue queue = connect()) {
      publish(queue, 5);
      assertThat(take(queue)).isInstanceOf(TakeResult.Taken.class);
      time.advance(Duration.ofSeconds(1));
      forgetAll();
      publish(queue, 5);

      assertWaitsFor(Duration.ofSeconds(2), queue);
    }
  }

  @Test
  void theSettingsSeenLastAreSetAgain() {
    try (RedisEventQueue queue = connect()) {
      RateLimit lower = RateLimit.of(2).per(Duration.ofSeconds(4));
      LimitSettings before = queue.limitControl().changeLimit(lower);
      forgetAll();

      assertThat(queue.limitControl().settings()).isEqualTo(before);
      assertThat(before.normal()).isEqualTo(lower);
      assertThat(before.version()).isEqualTo(2);
    }
  }

  @Test
  void aLostChangeOfTheLimitIsMadeAgainByWhoeverSawIt() {
    try (RedisEventQueue queue = connect()) {
      String before =
          TestClients.ask(TestClients.server(), redis -> redis.hget(key("meta"), "settings"));
      LimitSettings changed = queue.limitControl().changeLimit(RateLimit.of(1).perSecond());
      TestClients.ask(TestClients.server(), redis -> redis.hset(key("meta"), "settings", before));

      try (RedisEventQueue other = connect()) {
        assertThat(other.limitControl().settings().normal()).isEqualTo(LIMIT);
        assertThat(queue.limitControl().settings()).isEqualTo(changed);
        assertThat(other.limitControl().settings()).isEqualTo(changed);
      }
    }
  }

  @Test
  void anExplicitChangeWinsOverSettingsThatWereSeenEarlier() {
    try (RedisEventQueue early = connect();
        RedisEventQueue late = connect()) {
      assertThat(early.limitControl().changeLimit(RateLimit.of(3).perSecond())).isNotNull();
      time.advance(Duration.ofSeconds(1));
      LimitSettings latest = late.limitControl().changeLimit(RateLimit.of(2).perSecond());

      assertThat(early.limitControl().settings()).isEqualTo(latest);
      assertThat(late.limitControl().settings()).isEqualTo(latest);
    }
  }

  @Test
  void startsThatTheStoreLostAreAsManyAsThereCanHaveBeen() {
    try (RedisEventQueue queue = connect()) {
      publish(queue, 5);
      byte[] meta = dump("meta");
      assertThat(take(queue)).isInstanceOf(TakeResult.Taken.class);
      // As after a failover to a lagging replica.
      TestClients.ask(
          TestClients.server(),
          redis -> {
            redis.del(key("meta"), key("starts"));
            return redis.restore(key("meta"), 0, meta);
          });
      time.advance(Duration.ofSeconds(1));

      assertWaitsFor(Duration.ofSeconds(1), queue);
    }
  }

  private byte[] dump(String name) {
    return TestClients.ask(TestClients.server(), redis -> redis.dump(key(name)));
  }

  @Test
  void anotherServerMayHaveLostStartsThatNobodyHereHasSeen() {
    try (RedisEventQueue queue = connect()) {
      publish(queue, 5);
      assertThat(take(queue)).isInstanceOf(TakeResult.Taken.class);
      TestClients.ask(
          TestClients.server(), redis -> redis.hset(key("meta"), "server", "the one before"));
      time.advance(Duration.ofSeconds(1));

      // One start is known; there may have been two more in the second since then.
      assertWaitsFor(Duration.ofSeconds(1), queue);
    }
  }

  @Test
  void whoOpensTheLimitFullyIsStoppedByWhoKnowsBetter() {
    try (RedisEventQueue old = connect()) {
      publish(old, 5);
      assertThat(take(old)).isInstanceOf(TakeResult.Taken.class);
      time.advance(Duration.ofSeconds(1));
      forgetAll();
      try (RedisEventQueue fresh = connect()) {
        publish(fresh, 5);
        assertThat(old.stats().startsInWindow()).isZero();

        assertWaitsForOneWindow(fresh);
      }
    }
  }

  @Test
  void theClockDoesNotGoBackBehindWhatAClientHasSeen() {
    try (RedisEventQueue queue = connect()) {
      publish(queue, 1);
      TakeResult.Taken taken = (TakeResult.Taken) take(queue);
      Instant start = taken.leases().get(0).takenAt();
      forgetAll();
      VirtualTime behind = VirtualTime.startingAt(start.minusSeconds(60));
      try (RedisEventQueue other =
          TestClients.queue(LIMIT).namespace(namespace).time(behind).connect()) {
        assertThat(other.stats().observedAt()).isEqualTo(behind.now());
        assertThat(queue.stats().observedAt()).isEqualTo(start);
        assertThat(other.stats().observedAt()).isEqualTo(start);
      }
    }
  }

  @Test
  void startUpKeepsTheLimitThatIsThere() {
    try (RedisEventQueue first = connect();
        RedisEventQueue second =
            connect(RedisEventQueue.StartUp.FULL, RateLimit.of(60).perMinute())) {
      assertThat(second.limitControl().settings()).isEqualTo(first.limitControl().settings());
      assertThat(second.limitControl().settings().normal()).isEqualTo(LIMIT);
      assertThat(second.limitControl().settings().version()).isEqualTo(1);
    }
  }

  @Test
  void aWindowIsWaitedForWhereMoreMayHaveBeenInForce() {
    try (RedisEventQueue queue = connect(RedisEventQueue.StartUp.WAIT, LIMIT)) {
      queue.limitControl().changeLimit(RateLimit.of(3).per(Duration.ofSeconds(4)));
      time.advance(Duration.ofSeconds(3));
      forgetAll();
      publish(queue, 5);

      assertWaitsFor(Duration.ofSeconds(4), queue);
    }
  }

  @Test
  void aChangeThatIsLongPastIsNotWaitedFor() {
    try (RedisEventQueue queue = connect(RedisEventQueue.StartUp.WAIT, LIMIT)) {
      queue.limitControl().changeLimit(RateLimit.of(4).per(Duration.ofSeconds(4)).withBurst(1));
      time.advance(Duration.ofSeconds(5));
      forgetAll();
      publish(queue, 5);

      assertWaitsFor(Duration.ofSeconds(1), queue);
    }
  }

  @Test
  void aWindowIsWaitedForWhenALostRaiseBecomesKnown() {
    try (RedisEventQueue ignorant = connect(RedisEventQueue.StartUp.WAIT, LIMIT);
        RedisEventQueue knowing = connect(RedisEventQueue.StartUp.WAIT, LIMIT)) {
      time.advance(Duration.ofSeconds(100));
      publish(knowing, 5);
      knowing.limitControl().changeLimit(RateLimit.of(40).per(Duration.ofSeconds(4)));
      assertThat(take(knowing)).isInstanceOf(TakeResult.Taken.class);
      forgetAll();
      publish(ignorant, 5);

      Duration window = Duration.ofSeconds(4);
      assertThat(take(knowing)).isEqualTo(new TakeResult.NotBefore(time.now().plus(window)));
    }
  }

  @Test
  void aDemandUnderTheCeilingThatWasLostIsAllowedFor() {
    RateLimit paced = RateLimit.of(20).perMinute();
    RateLimit ceiling = RateLimit.of(60).perMinute();
    try (RedisEventQueue one =
            TestClients.queue(paced)
                .startUp(RedisEventQueue.StartUp.WAIT)
                .namespace(namespace)
                .ceiling(ceiling)
                .time(time)
                .connect();
        RedisEventQueue other =
            TestClients.queue(paced)
                .startUp(RedisEventQueue.StartUp.WAIT)
                .namespace(namespace)
                .ceiling(ceiling)
                .time(time)
                .connect()) {
      time.advance(Duration.ofSeconds(100));
      publish(other, 100);
      other.limitControl().demand("other", ceiling, Duration.ofMinutes(5));
      for (int n = 0; n < 60; n++) {
        assertThat(take(other)).isInstanceOf(TakeResult.Taken.class);
        time.advance(Duration.ofSeconds(1));
      }
      forgetAll();
      publish(one, 100);

      assertThat(take(one)).isEqualTo(new TakeResult.NotBefore(time.now().plusSeconds(41)));
      one.limitControl().demand("one", ceiling, Duration.ofMinutes(5));
      assertWaitsFor(Duration.ofSeconds(1), one);
    }
  }

  @Test
  void weightsThatMayHaveBeenStartedAreAllowedFor() {
    RateLimit paced = RateLimit.of(20).perMinute();
    try (RedisEventQueue queue =
        TestClients.queue(paced)
            .startUp(RedisEventQueue.StartUp.WAIT)
            .namespace(namespace)
            .time(time)
            .connect()) {
      assertThat(queue.publish(AuditEvent.of("a", EventType.of("T"), "w").withWeight(3)).accepted())
          .isEqualTo(1);

      // Three just now and one every 3 s before: three of the minute's twenty leave it at 15 s.
      assertWaitsFor(Duration.ofSeconds(15), queue);
    }
  }

  @Test
  void anotherFormatIsRefused() {
    try (RedisEventQueue queue = connect()) {
      publish(queue, 2);
      Lease lease = ((TakeResult.Taken) take(queue)).leases().get(0);
      for (String format : List.of("2", "6")) {
        TestClients.ask(TestClients.server(), redis -> redis.hset(key("meta"), "format", format));

        assertThatThrownBy(this::connect).isInstanceOf(QueueException.class);
        assertThatThrownBy(() -> take(queue))
            .isInstanceOf(QueueException.class)
            .isNotInstanceOf(QueueUnavailableException.class)
            .hasMessageContaining(format.equals("2") ? "is older than 5" : "is newer than 5")
            .hasMessageContaining(
                format.equals("2") ? "Stop the processes of the older version" : "Update this")
            .hasMessageContaining("Nothing was changed");
        assertThatThrownBy(() -> queue.ack(lease)).isInstanceOf(QueueException.class);
        assertThatThrownBy(() -> queue.failedQueue().page(0, 1)).isInstanceOf(QueueException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftOfAnEventWhoseRecordIsLost(Ending ending) {
    RateLimit limit = RateLimit.of(100).per(Duration.ofSeconds(1)).withBurst(100);
    try (RedisEventQueue queue = connect(RedisEventQueue.StartUp.FULL, limit)) {
      publish(queue, 1);
      queue.retry(((TakeResult.Taken) take(queue)).leases().get(0), Duration.ZERO, "again");
      Lease second = ((TakeResult.Taken) take(queue)).leases().get(0);
      assertThat(second.attempt()).isEqualTo(2);
      TestClients.ask(TestClients.server(), redis -> redis.del(key("events")));

      ending.of(queue, second);
      time.advance(LEASE.plusSeconds(1));
      assertThat(take(queue)).isInstanceOf(TakeResult.Empty.class);

      assertThat(
              TestClients.<Long>ask(
                  TestClients.server(),
                  redis -> redis.exists(key("attempts"), key("leases"), key("leased"))))
          .isZero();
      assertThat(queue.stats().unfinished()).isZero();
    }
  }

  private enum Ending {
    EXPIRED,
    RELEASED,
    ACKED,
    FAILED,
    RETRIED;

    void of(EventQueue queue, Lease lease) {
      var unused =
          switch (this) {
            case EXPIRED -> lease;
            case RELEASED -> queue.release(lease);
            case ACKED -> queue.ack(lease);
            case FAILED -> queue.fail(lease, "reason");
            case RETRIED -> queue.retry(lease, Duration.ZERO, "reason");
          };
    }
  }
}
