package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lost data of a scope or of one of its queues opens no shared window. */
class LimitScopeTest {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Limits ADDRESS =
      Limits.builder().limit("address", RateLimit.of(5).per(WINDOW).withBurst(5)).build();
  private static final Limits WALLETS =
      Limits.builder().maxInFlight("wallet", AuditEvent::walletId, 1).build();
  private static final Charges CALL = Charges.of("address", 1);
  private static final RedisClient CLIENT = TestClients.client(TestClients.server());

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final String scope = TestClients.newNamespace();
  private int requests;

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  private RedisEventQueue.Builder builder(String queue) {
    return TestClients.queue(NO_LIMIT)
        .client(CLIENT)
        .namespace(scope + "/" + queue)
        .time(time)
        .limits(ADDRESS);
  }

  private static List<AuditEvent> events(String wallet, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> AuditEvent.of(wallet + i, EventType.of("T"), wallet))
        .toList();
  }

  private List<Lease> taken(EventQueue queue, int max) {
    requests++;
    return queue.take(new TakeRequest("request-" + requests, "w", max, Duration.ofMinutes(5)))
            instanceof TakeResult.Taken taken
        ? taken.leases()
        : List.of();
  }

  private void delete(String pattern) {
    List<String> keys = TestClients.ask(TestClients.server(), r -> r.keys(pattern));
    assertThat(keys).as(pattern).isNotEmpty();
    Long unused = TestClients.ask(TestClients.server(), r -> r.del(keys.toArray(String[]::new)));
  }

  /** Returns how long the address stays closed for a queue. */
  private Duration closedFor(EventQueue queue) {
    try (RateLimiter limiter = RateLimiter.of(queue)) {
      return limiter.tryAcquire(CALL) instanceof AcquireResult.NotBefore later
          ? Duration.between(time.now(), later.at())
          : Duration.ZERO;
    }
  }

  @Test
  void aQueueThatJoinsNeitherClosesNorOpensWhatIsShared() {
    try (RedisEventQueue one = builder("one").connect()) {
      one.publish(events("w", 5));
      assertThat(taken(one, 3)).hasSize(3);
      time.advance(Duration.ofSeconds(1));
      try (RedisEventQueue full = builder("full").connect();
          RedisEventQueue waits =
              builder("waits").startUp(RedisEventQueue.StartUp.WAIT).connect()) {
        full.publish(events("w", 5));
        assertThat(taken(full, 5)).as("5, of which 3 were started").hasSize(2);
        assertThat(closedFor(waits)).isEqualTo(WINDOW.minusSeconds(1));
        assertThat(closedFor(one)).isEqualTo(WINDOW.minusSeconds(1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "meta",
        "meta,limits",
        "limits",
        "limits,limits:starts",
        "meta,limits,limits:starts"
      })
  void lostKeysOfTheScopeOpenNothing(String keys) {
    try (RedisEventQueue one = builder("one").connect();
        RedisEventQueue other = builder("other").connect()) {
      one.publish(events("w", 5));
      assertThat(taken(one, 3)).hasSize(3);
      time.advance(Duration.ofSeconds(1));
      for (String key : List.of(keys.split(",", -1))) {
        delete("{" + scope + "}/" + key);
      }
      int started = 0;
      try (RateLimiter limiter = RateLimiter.of(other);
          RedisEventQueue late = builder("late").connect()) {
        late.publish(events("w", 9));
        for (int n = 0; n < 50; n++) {
          started += limiter.tryAcquire(CALL) instanceof AcquireResult.Granted ? 1 : 0;
          started += taken(one, 1).size() + taken(late, 1).size();
          time.advance(Duration.ofSeconds(1));
        }
      }
      assertThat(started).as("within %s with those before", WINDOW).isLessThanOrEqualTo(2);
      time.advance(WINDOW);
      assertThat(taken(one, 1).size() + taken(other, 1).size()).as("goes on").isPositive();
      assertThat(one.namedLimitControl().limits()).isEqualTo(ADDRESS.declared());
    }
  }

  @Test
  void aQueueThatIsLostAloneNeitherOpensNorCloses() {
    try (RedisEventQueue one = builder("one").connect();
        RedisEventQueue other = builder("other").connect()) {
      one.publish(events("w", 4));
      assertThat(taken(one, 4)).hasSize(4);
      time.advance(Duration.ofSeconds(1));
      delete("{" + scope + "}/one/*");

      one.publish(events("w", 4));
      time.advance(Duration.ofSeconds(1));
      assertThat(taken(one, 4)).as("5, of which 4 were started").hasSize(1);
      assertThat(closedFor(other)).isEqualTo(WINDOW.minusSeconds(2));
    }
  }

  @Test
  void anEmptiedStoreOpensNothingWhileAQueueLivesThatWasThere() {
    try (RedisEventQueue one = builder("one").connect();
        RedisEventQueue other = builder("other").connect()) {
      other.publish(events("w", 4));
      assertThat(taken(other, 4)).hasSize(4);
      time.advance(Duration.ofSeconds(1));
      delete("{" + scope + "}*");
      // This queue existed before but has never started anything.
      assertThat(closedFor(one)).isEqualTo(WINDOW);
    }
  }

  @Test
  void whoEmptiedTheStoreAndStartedAnewIsFoundOut() {
    try (RedisEventQueue one = builder("one").connect()) {
      time.advance(Duration.ofSeconds(1));
      delete("{" + scope + "}*");
      try (RedisEventQueue fresh = builder("fresh").connect()) {
        assertThat(closedFor(fresh)).as("it cannot know").isZero();
        assertThat(closedFor(one)).isEqualTo(WINDOW);
        assertThat(closedFor(fresh)).isEqualTo(WINDOW);
      }
    }
  }

  @Test
  void anotherServerClosesOnceForAllQueues() {
    try (RedisEventQueue one = builder("one").connect();
        RedisEventQueue other = builder("other").connect()) {
      for (String meta :
          List.of(
              "{" + scope + "}/meta", "{" + scope + "}/one/meta", "{" + scope + "}/other/meta")) {
        Boolean unused =
            TestClients.ask(TestClients.server(), r -> r.hset(meta, "server", "another"));
      }
      assertThat(closedFor(one)).isEqualTo(WINDOW);
      time.advance(Duration.ofSeconds(10));
      assertThat(closedFor(other))
          .as("not from its own first call on")
          .isEqualTo(WINDOW.minusSeconds(10));
    }
  }

  @Test
  void aQueueThatIsRemovedLeavesTheLimitsAndHoldsNoKey() {
    try (RedisEventQueue other = builder("other").limits(WALLETS).connect()) {
      RedisEventQueue one = builder("one").connect();
      one.publish(events("w", 1));
      assertThat(taken(one, 1)).hasSize(1);
      try (RedisEventQueue wallets = builder("wallets").limits(WALLETS).connect()) {
        wallets.publish(events("w", 1));
        assertThat(taken(wallets, 1)).hasSize(1);
        other.publish(events("w", 1));
        assertThat(taken(other, 1)).isEmpty();
        wallets.remove();
      }
      assertThat(taken(other, 1)).hasSize(1);
      one.remove();
      assertThat(other.namedLimitControl().key(new LimitKey("address", "")))
          .hasValueSatisfying(key -> assertThat(key.held()).containsExactly(1L));
    }
  }

  /**
   * A queue that sleeps because of another queue's attempt learns of its end, even if a wake-up is
   * lost.
   */
  @Test
  void theEndOfAnAttemptIsHeardInOtherQueues() {
    try (RedisEventQueue one = builder("one").limits(WALLETS).connect();
        RedisEventQueue other = builder("other").limits(WALLETS).connect();
        // Another process takes instead.
        RedisEventQueue elsewhere = builder("other").limits(WALLETS).connect()) {
      AtomicInteger heard = new AtomicInteger();
      other.onChange(heard::incrementAndGet);
      one.publish(events("w", 1));
      other.publish(events("w", 1));
      Lease lease = taken(one, 1).get(0);
      assertThat(taken(elsewhere, 1)).isEmpty();
      await().until(() -> heard.get() > 0);
      int before = heard.get();

      assertThat(one.ack(lease)).isEqualTo(Settlement.SETTLED);
      await().until(() -> heard.get() > before);
      assertThat(taken(elsewhere, 1)).hasSize(1);
    }
  }

  @Test
  void whatNobodyToldIsLookedAtWithinASecond() {
    try (RedisEventQueue one = builder("one").limits(WALLETS).connect();
        RedisEventQueue other = builder("other").limits(WALLETS).connect()) {
      one.publish(events("w", 1));
      other.publish(events("w", 1));
      assertThat(taken(one, 1)).hasSize(1);
      assertThat(taken(other, 1)).isEmpty();
      Long ended =
          TestClients.ask(
              TestClients.server(),
              redis -> redis.zrem("{" + scope + "}/limits:held", "wallet=w|one/w0"));
      assertThat(ended).isEqualTo(1);

      assertThat(taken(other, 1)).isEmpty();
      time.advance(Duration.ofSeconds(1));
      assertThat(taken(other, 1)).hasSize(1);
    }
  }

  /** The queues of a scope share one time, whichever of them notices the clock's change. */
  @Test
  void aClockThatIsSetIsMadeUpForInAllQueues() {
    SetClock clock = new SetClock(time);
    try (RedisEventQueue one = builder("one").time(time, clock).connect();
        RedisEventQueue other = builder("other").time(time, clock).connect()) {
      one.publish(events("w", 9));
      assertThat(taken(one, 5)).hasSize(5);
      for (int seconds : new int[] {3_600, -3_600, 0, 86_400}) {
        clock.set(Duration.ofSeconds(seconds));
        time.advance(Duration.ofSeconds(1));
        assertThat(taken(one, 1)).as("%d s", seconds).isEmpty();
        assertThat(closedFor(other)).as("%d s", seconds).isPositive().isLessThan(WINDOW);
      }
      time.advance(WINDOW);
      assertThat(taken(one, 1)).hasSize(1);
    }
  }

  /** A process that connects while the clock is ahead cannot know, but earlier ones do. */
  @Test
  void whoComesWhileTheClockIsAheadOpensNothingForOthers() {
    SetClock clock = new SetClock(time);
    try (RedisEventQueue one = builder("one").time(time, clock).connect()) {
      one.publish(events("w", 9));
      assertThat(taken(one, 5)).hasSize(5);
      clock.set(Duration.ofDays(1));
      try (RedisEventQueue fresh = builder("fresh").time(time, clock).connect()) {
        time.advance(Duration.ofSeconds(1));
        assertThat(taken(one, 9)).as("the times are found to be wrong").isEmpty();
        assertThat(closedFor(fresh)).isPositive();
        time.advance(WINDOW.plusSeconds(1));
        assertThat(closedFor(fresh)).isZero();
        assertThat(taken(one, 9)).isNotEmpty();
      }
    }
  }

  @Test
  void queuesOfScopesAreFound() {
    try (RedisEventQueue one = builder("one").connect();
        RedisEventQueue other = builder("other").connect()) {
      assertThat(builder("one").findQueues(1_000).names())
          .contains(scope + "/one", scope + "/other");
      assertThat(one.name()).contains(scope + "/one");
      assertThat(other.stats().published()).isZero();
    }
  }
}
