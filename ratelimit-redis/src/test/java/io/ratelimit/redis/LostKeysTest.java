package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.LimitLoad;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lost data of named limits opens no window, and lost data about their events is restored. */
class LostKeysTest {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Limits ACCOUNTS =
      Limits.builder()
          .limit(
              "account",
              AuditEvent::walletId,
              RateLimit.of(3).per(Duration.ofSeconds(1)).withBurst(3),
              RateLimit.of(5).per(WINDOW).withBurst(5))
          .build();
  private static final RedisClient CLIENT = TestClients.client(TestClients.server());

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final String namespace = TestClients.newNamespace();
  private int requests;

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  private RedisEventQueue.Builder builder() {
    return TestClients.queue(NO_LIMIT)
        .client(CLIENT)
        .namespace(namespace)
        .time(time)
        .limits(ACCOUNTS);
  }

  private static List<AuditEvent> events(String prefix, String account, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> AuditEvent.of(prefix + i, EventType.of("T"), account))
        .toList();
  }

  private TakeResult take(RedisEventQueue queue, int max) {
    requests++;
    return queue.take(new TakeRequest("request-" + requests, "w", max, Duration.ofHours(1)));
  }

  private List<Lease> taken(RedisEventQueue queue, int max) {
    return take(queue, max) instanceof TakeResult.Taken taken ? taken.leases() : List.of();
  }

  private void assertClosedFor(Duration duration, RedisEventQueue queue) {
    assertThat(take(queue, 10)).isEqualTo(new TakeResult.NotBefore(time.now().plus(duration)));
  }

  private void delete(String... keys) {
    for (String key : keys) {
      Long unused = TestClients.ask(TestClients.server(), r -> r.del("{" + namespace + "}:" + key));
    }
  }

  @Test
  void anEmptiedStoreOpensNoWindow() {
    try (RedisEventQueue queue = builder().connect()) {
      queue.publish(events("a", "a", 3));
      assertThat(taken(queue, 10)).hasSize(3);
      time.advance(Duration.ofSeconds(2));
      List<String> all =
          TestClients.ask(TestClients.server(), r -> r.keys("{" + namespace + "}:*"));
      Long unused = TestClients.ask(TestClients.server(), r -> r.del(all.toArray(String[]::new)));

      queue.publish(events("b", "a", 5));
      queue.publish(events("c", "c", 1));
      time.advance(Duration.ofSeconds(1));

      assertClosedFor(WINDOW.minusSeconds(1), queue);
    }
  }

  @Test
  void aQueueOfWhichNothingIsKnownWaits() {
    try (RedisEventQueue queue = builder().startUp(RedisEventQueue.StartUp.WAIT).connect()) {
      queue.publish(events("a", "a", 3));
      assertClosedFor(WINDOW, queue);
      time.advance(WINDOW);
      assertThat(taken(queue, 10)).hasSize(3);
    }
  }

  /** Nobody can tell whether a failover lost starts. */
  @Test
  void anotherServerOpensNoWindow() {
    try (RedisEventQueue queue = builder().connect()) {
      queue.publish(events("a", "a", 8));
      assertThat(taken(queue, 3)).hasSize(3);
      time.advance(Duration.ofSeconds(2));
      Boolean unused =
          TestClients.ask(
              TestClients.server(), r -> r.hset("{" + namespace + "}:meta", "server", "other"));

      assertClosedFor(WINDOW, queue);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"limits:starts", "limits", "limits,limits:starts"})
  void aLostLogOrStateOpensNoWindow(String keys) {
    try (RedisEventQueue queue = builder().connect()) {
      queue.publish(events("a", "a", 9));
      assertThat(taken(queue, 3)).hasSize(3);
      time.advance(Duration.ofSeconds(2));
      delete(keys.split(","));
      // Publishing declares the lost limits again.
      queue.publish(events("b", "b", 1));
      List<String> started = new ArrayList<>();
      for (int n = 0; n < 30; n++) {
        for (Lease lease : taken(queue, 10)) {
          if (lease.event().walletId().equals("a")) {
            started.add(lease.event().id());
          }
        }
        time.advance(Duration.ofSeconds(1));
      }
      assertThat(started).as("within %s with those before", WINDOW).hasSizeLessThanOrEqualTo(2);

      time.advance(WINDOW);
      assertThat(taken(queue, 10)).as("goes on").isNotEmpty();
    }
  }

  @Test
  void aStateOfOneKeyThatIsLostOpensNoWindow() {
    try (RedisEventQueue queue = builder().connect()) {
      queue.publish(events("a", "a", 9));
      queue.publish(events("b", "b", 1));
      assertThat(taken(queue, 4)).hasSize(4);
      time.advance(Duration.ofSeconds(2));
      for (String damaged : List.of("", "x", "\0")) {
        Boolean unused =
            TestClients.ask(
                TestClients.server(),
                r -> r.hset("{" + namespace + "}:limits", "saccount=a", damaged));
        assertThat(taken(queue, 1)).as("damaged").isEmpty();
        assertThat(queue.namedLimitControl().key(new LimitKey("account", "a"))).isPresent();
      }
      Long unused =
          TestClients.ask(
              TestClients.server(), r -> r.hdel("{" + namespace + "}:limits", "saccount=a"));
      assertThat(taken(queue, 1)).isEmpty();
      time.advance(WINDOW);
      assertThat(taken(queue, 10)).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keyed",
        "flows",
        "lines",
        "turns",
        "closed",
        "keyed,flows",
        "lines,turns,closed",
        "loads"
      })
  void eventsWhosePlaceIsLostAreFoundAgain(String keys) {
    try (RedisEventQueue queue = builder().connect()) {
      for (String account : List.of("a", "b", "c")) {
        queue.publish(events(account, account, 6));
      }
      assertThat(taken(queue, 9)).hasSize(9);
      assertThat(take(queue, 1)).isInstanceOf(TakeResult.NotBefore.class);
      delete(keys.split(","));

      int found = 0;
      for (int n = 0; n < 300 && found < 9; n++) {
        List<Lease> leases = taken(queue, 10);
        found += leases.size();
        time.advance(Duration.ofSeconds(1));
      }
      assertThat(found).isEqualTo(9);
      assertThat(queue.stats().isConserved()).as("%s", queue.stats()).isTrue();
      assertThat(queue.stats().pending()).isZero();
    }
  }

  @Test
  void whatIsAskedOfKeysIsCountedAnew() {
    try (RedisEventQueue queue = builder().connect()) {
      queue.publish(events("a", "a", 6));
      queue.publish(events("b", "b", 2));
      assertThat(taken(queue, 1)).hasSize(1);
      assertThat(load(queue).uncounted()).isZero();
      delete("loads");

      // Unknown starts may be under any key.
      queue.publish(events("c", "c", 3));
      assertThat(load(queue).uncounted()).isEqualTo(7);

      time.advance(Duration.ofSeconds(1));
      assertThat(taken(queue, 1)).hasSize(1);
      assertThat(load(queue).uncounted()).isZero();
      assertThat(load(queue).keys().stream().mapToLong(LimitLoad.Key::cost).sum())
          .isEqualTo(queue.stats().pending());
    }
  }

  private static LimitLoad load(RedisEventQueue queue) {
    assertThat(queue.stats().loads()).hasSize(1);
    return queue.stats().loads().get(0);
  }

  /** Only the lease knows under which keys its event is in flight. */
  @ParameterizedTest
  @ValueSource(strings = {"leases", "leased", "leases,leased", "limits:held"})
  void whatIsLostOfAnAttemptClosesNoKeyForEver(String keys) {
    Limits oneByOne = Limits.builder().maxInFlight("account", AuditEvent::walletId, 1).build();
    try (RedisEventQueue queue = builder().limits(oneByOne).connect()) {
      queue.publish(events("a", "a", 3));
      assertThat(taken(queue, 10)).hasSize(1);
      delete(keys.split(","));
      time.advance(Duration.ofHours(2));

      int done = 0;
      for (int n = 0; n < 100 && done < 3; n++) {
        for (Lease lease : taken(queue, 10)) {
          assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
          done++;
        }
        time.advance(Duration.ofSeconds(1));
      }
      assertThat(done).isEqualTo(3);
      assertThat(queue.stats().isConserved()).as("%s", queue.stats()).isTrue();
    }
  }

  private static final Limits ONE_BY_ONE =
      Limits.builder()
          .maxInFlight("wallet", AuditEvent::walletId, 1)
          .retriesHold("wallet")
          .maxInFlight("free", AuditEvent::walletId, 1)
          .build();

  private static void settled(Settlement settlement) {
    assertThat(settlement).isEqualTo(Settlement.SETTLED);
  }

  private List<String> walletsTaken(RedisEventQueue queue) {
    return taken(queue, 50).stream().map(lease -> lease.event().walletId()).toList();
  }

  private static int inFlight(RedisEventQueue queue, String limit, String key) {
    return queue
        .namedLimitControl()
        .key(new LimitKey(limit, key))
        .map(KeyStats::inFlight)
        .orElse(0);
  }

  /**
   * Attempts in flight are restored from leases, and those that wait for a retry from their
   * attempts.
   */
  @Test
  void whatIsInFlightIsFoundAgain() {
    try (RedisEventQueue queue = builder().limits(ONE_BY_ONE).connect()) {
      for (String wallet : List.of("leased", "acked", "delayed")) {
        queue.publish(events(wallet, wallet, 3));
      }
      List<Lease> leases = taken(queue, 10);
      assertThat(leases).hasSize(3);
      assertThat(take(queue, 1)).as("a backlog stands aside").isInstanceOf(TakeResult.Empty.class);
      settled(queue.retry(leases.get(2), Duration.ofSeconds(20), "later"));
      delete("limits:held");
      settled(queue.ack(leases.get(1)));
      time.advance(Duration.ofSeconds(2));

      assertThat(walletsTaken(queue)).as("nobody noticed its end").containsExactly("acked");
      assertThat(inFlight(queue, "wallet", "delayed")).isEqualTo(1);
      assertThat(inFlight(queue, "free", "delayed")).isZero();
      settled(queue.ack(leases.get(0)));
      assertThat(walletsTaken(queue)).containsExactly("leased");
      time.advance(Duration.ofSeconds(20));
      assertThat(walletsTaken(queue)).as("its retry").containsExactly("delayed");
      assertThat(queue.stats().isConserved()).as("%s", queue.stats()).isTrue();
    }
  }

  @Test
  void whatIsInFlightIsFoundAgainInBoundedSteps() {
    int wallets = 2_500;
    try (RedisEventQueue queue = builder().limits(ONE_BY_ONE).connect()) {
      for (int n = 0; n < wallets; n++) {
        queue.publish(events("a" + n + "-", "w" + n, 2));
      }
      for (int n = 0; n < wallets; n += 100) {
        assertThat(taken(queue, 100)).hasSize(100);
      }
      delete("limits:held");
      int asked = requests;

      assertThat(taken(queue, 100)).as("all wallets are busy").isEmpty();
      assertThat(
              TestClients.<Long>ask(
                  TestClients.server(), r -> r.zcard("{" + namespace + "}:limits:held")))
          .isEqualTo(2L * wallets + 1);
      assertThat(requests).isEqualTo(asked + 1);
    }
  }

  /** Neither a lease nor an event knows of the attempt any more. */
  @Test
  void whatNobodyKnowsOfIsInFlightNoMore() {
    try (RedisEventQueue queue = builder().limits(ONE_BY_ONE).connect()) {
      queue.publish(events("a", "a", 2));
      queue.publish(events("b", "b", 2));
      List<Lease> leases = taken(queue, 10);
      assertThat(leases).hasSize(2);
      delete("events", "leases", "leased");
      queue.publish(events("a", "a", 2));
      assertThat(taken(queue, 10)).as("at first").isEmpty();

      List<String> wallets = new ArrayList<>();
      for (int n = 0; n < 50 && wallets.size() < 2; n++) {
        time.advance(Duration.ofSeconds(1));
        for (Lease lease : taken(queue, 10)) {
          wallets.add(lease.event().walletId());
          settled(queue.ack(lease));
        }
      }
      assertThat(wallets).containsExactly("a", "a");
      assertThat(queue.namedLimitControl().keys("wallet", Optional.empty(), 10)).isEmpty();
    }
  }

  private static final Limits ALL_KINDS =
      Limits.builder()
          .limit("account", AuditEvent::walletId, RateLimit.of(2).per(WINDOW).withBurst(2))
          .maxInFlight("account", 2)
          .retriesHold("account")
          .build();

  /** Each operation is the first to meet the loss. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "limits",
        "limits:starts",
        "limits:held",
        "keyed",
        "flows",
        "lines",
        "turns",
        "closed",
        "expiring",
        "latest",
        "done:ids"
      })
  void aKeyOfAnotherTypeIsAsIfItWereLost(String key) {
    PublishTerms terms =
        PublishTerms.DEFAULT
            .withExpiry(Duration.ofHours(3), PublishTerms.Expired.FAILED)
            .withLatest(AuditEvent::id, PublishTerms.Place.KEPT)
            .withDedupAfterDone(Duration.ofHours(1));
    for (int first = 0; first < OPERATIONS; first++) {
      String name = namespace + "-" + first;
      try (RedisEventQueue queue = builder().limits(ALL_KINDS).namespace(name).connect()) {
        queue.publish(events("a", "a", 6), terms);
        queue.publish(events("b", "b", 6), terms);
        List<Lease> leases = taken(queue, 10);
        assertThat(leases).hasSize(4);
        settled(queue.retry(leases.get(0), Duration.ofSeconds(5), "later"));
        settled(queue.fail(leases.get(1), "for good"));
        assertThat(take(queue, 1)).isNotInstanceOf(TakeResult.Taken.class);
        String redisKey = "{" + name + "}:" + key;
        Long unused = TestClients.ask(TestClients.server(), r -> r.del(redisKey));
        String unusedToo = TestClients.ask(TestClients.server(), r -> r.set(redisKey, "a string"));

        String done = operate(queue, first, leases, terms);

        List<Lease> left = new ArrayList<>(leases.subList(2, 4));
        for (int n = 0; n < 200 && queue.stats().unfinished() > 0; n++) {
          queue.publish(events("again", "c", 1), terms);
          left.addAll(taken(queue, 10));
          left.forEach(lease -> assertThat(queue.ack(lease)).isNotNull());
          left.clear();
          time.advance(Duration.ofSeconds(7));
        }
        assertThat(queue.stats().unfinished()).as("%s after %s", key, done).isZero();
        assertThat(queue.stats().isConserved())
            .as("%s after %s: %s", key, done, queue.stats())
            .isTrue();
        assertThat(queue.stats().lost()).as("%s after %s", key, done).isZero();
      }
    }
  }

  private static final int OPERATIONS = 13;

  private String operate(
      RedisEventQueue queue, int operation, List<Lease> leases, PublishTerms terms) {
    LimitKey a = new LimitKey("account", "a");
    switch (operation) {
      case 0 -> queue.publish(events("new", "a", 2), terms);
      case 1 -> assertThat(take(queue, 5)).isNotNull();
      case 2 -> settled(queue.ack(leases.get(2)));
      case 3 -> settled(queue.retry(leases.get(2), Duration.ofSeconds(1), "later"));
      case 4 -> settled(queue.fail(leases.get(2), "for good"));
      case 5 -> settled(queue.release(leases.get(2)));
      case 6 -> assertThat(queue.failedQueue().redriveAll(0, 10).redriven()).isEqualTo(1);
      case 7 -> assertThat(queue.cancel("a5")).isNotEqualTo(Amendment.NOT_FOUND);
      case 8 ->
          assertThat(queue.reprioritize("a5", Priority.HIGH)).isNotEqualTo(Amendment.NOT_FOUND);
      case 9 -> assertThat(queue.stats().pending()).isNotNegative();
      case 10 ->
          assertThat(queue.namedLimitControl().keys("account", Optional.empty(), 5)).isNotNull();
      case 11 -> assertThat(queue.namedLimitControl().limits()).isNotNull();
      default -> queue.namedLimitControl().resume(a);
    }
    return "operation " + operation;
  }
}
