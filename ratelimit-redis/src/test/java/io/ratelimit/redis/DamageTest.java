package io.ratelimit.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever data in Redis is damaged, all other events drain, and no call fails with a bug. */
class DamageTest {

  private static final RedisClient CLIENT = TestClients.client(TestClients.server());
  private static final RedisCommands<byte[], byte[]> REDIS =
      CLIENT.connect(ByteArrayCodec.INSTANCE).sync();

  private static final RateLimit FAST = RateLimit.of(1_000).perSecond().withBurst(1_000);
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final int EVENTS = 40;
  private static final List<Priority> PRIORITIES = List.of(Priority.values());

  /** Keys of the limit, which other tests cover. */
  private static final Set<String> COUNTERS =
      Set.of("published", "done", "discarded", "expired", "due", "looked", "largest");

  private final VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
  private final String namespace = TestClients.newNamespace();
  private final Set<String> ended = new HashSet<>();
  private RedisEventQueue queue;
  private int requests;

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  /** Events in every state: 2 done, 2 failed, 2 delayed, 4 leased, and the others pending. */
  @BeforeEach
  void fill() {
    queue =
        TestClients.queue(FAST)
            .client(CLIENT)
            .namespace(namespace)
            .time(time)
            .retainDone(5)
            .connect();
    List<AuditEvent> events = new ArrayList<>();
    for (int n = 0; n < EVENTS; n++) {
      EventType type = EventType.of("TYPE_" + n % 3).withPriority(PRIORITIES.get(n % 3));
      events.add(
          AuditEvent.of("event-" + n, type, "wallet-" + n)
              .withPayload(Payload.ofText("payload of event " + n))
              .withAttribute("name", "value " + n)
              .withWeight(1 + n % 2));
    }
    queue.publish(events);
    List<Lease> leases = take(10);
    for (Lease lease : leases.subList(0, 2)) {
      settled(queue.ack(lease));
      ended.add(lease.event().id());
    }
    for (Lease lease : leases.subList(2, 4)) {
      settled(queue.fail(lease, "failed for good"));
      ended.add(lease.event().id());
    }
    for (Lease lease : leases.subList(4, 6)) {
      settled(queue.retry(lease, Duration.ofSeconds(5), "later"));
    }
    // An event whose priority changes and changes back waits with the returned ones.
    for (int n = EVENTS - 6; n < EVENTS; n++) {
      for (int other = 1; other >= 0; other--) {
        assertThat(queue.reprioritize("event-" + n, PRIORITIES.get((n + other) % 3)))
            .isEqualTo(Amendment.MADE);
      }
    }
  }

  @AfterEach
  void close() {
    queue.close();
  }

  private static void settled(Settlement settlement) {
    assertThat(settlement).isEqualTo(Settlement.SETTLED);
  }

  private List<Lease> take(int max) {
    requests++;
    TakeRequest request = new TakeRequest("request-" + requests, "worker", max, LEASE);
    return queue.take(request) instanceof TakeResult.Taken taken ? taken.leases() : List.of();
  }

  private byte[] key(String name) {
    return ("{" + namespace + "}:" + name).getBytes(UTF_8);
  }

  /** Makes all reading calls, and redrives failed events. */
  private void look() {
    assertThat(queue.stats().pending()).isNotNegative();
    for (Priority priority : Priority.values()) {
      assertThat(queue.peek(priority, 0, 100)).hasSizeLessThanOrEqualTo(EVENTS);
    }
    assertThat(queue.leases(100)).hasSizeLessThanOrEqualTo(EVENTS);
    assertThat(queue.recentlyDone(100)).hasSizeLessThanOrEqualTo(5);
    assertThat(queue.failedQueue().page(0, 100)).hasSizeLessThanOrEqualTo(EVENTS);
    assertThat(queue.failedQueue().latest(100)).hasSizeLessThanOrEqualTo(EVENTS);
  }

  /** Handles all events for a minute. */
  private Set<String> drain() {
    Set<String> handled = new HashSet<>();
    for (int round = 0; round < 20; round++) {
      List<Lease> leases = take(7);
      while (!leases.isEmpty()) {
        for (Lease lease : leases) {
          settled(queue.ack(lease));
          handled.add(lease.event().id());
        }
        leases = take(7);
      }
      time.advance(Duration.ofSeconds(3));
    }
    return handled;
  }

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anyStoredByteMayChange(long seed) {
    Random random = new Random(seed);
    String what = damageSomething(random);

    look();
    Set<String> handled = drain();
    look();

    List<FailedEvent> failed = queue.failedQueue().page(0, 100);
    assertThat(handled.size() + ended.size() + (failed.size() - 2))
        .as("%s; handled %s, failed %s", what, handled, failed)
        .isGreaterThanOrEqualTo(EVENTS - 1);
    assertThat(queue.stats().unfinished()).as(what).isLessThanOrEqualTo(1);
    assertThat(queue.failedQueue().redriveAll(0, 100).next()).as(what).isEmpty();
    assertThat(drain()).as(what).hasSizeLessThanOrEqualTo(4);
    assertThat(queue.clear(ClearScope.ALL).total()).as(what).isLessThanOrEqualTo(2);
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] other = bytes.clone();
    switch (bytes.length == 0 ? 2 : random.nextInt(4)) {
      case 0 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 1 -> other[random.nextInt(other.length)] = (byte) random.nextInt(256);
      case 2 -> {
        return Arrays.copyOf(bytes, bytes.length + 1);
      }
      default -> {
        int at = random.nextInt(other.length);
        other[at] = (byte) "0123456789: ;#-".charAt(random.nextInt(15));
      }
    }
    return other;
  }

  private String damageSomething(Random random) {
    List<String> names =
        List.of(
            "meta",
            "pending:high",
            "pending:normal",
            "pending:low",
            "fresh:high",
            "fresh:normal",
            "fresh:low",
            "types",
            "events",
            "events",
            "events",
            "events",
            "attempts",
            "delayed",
            "leased",
            "leases",
            "leases",
            "failed",
            "failed:times",
            "failed:events",
            "failed:events",
            "observed",
            "done");
    String name = names.get(random.nextInt(names.size()));
    byte[] key = key(name);
    return name
        + ": "
        + switch (REDIS.type(key)) {
          case "hash" -> damageHash(key, random);
          case "zset" -> damageSortedSet(key, random);
          default -> damageList(key, random);
        };
  }

  private static String damageHash(byte[] key, Random random) {
    List<Map.Entry<byte[], byte[]>> entries =
        REDIS.hgetall(key).entrySet().stream()
            .filter(
                entry ->
                    !new String(key, UTF_8).endsWith(":meta")
                        || COUNTERS.contains(new String(entry.getKey(), UTF_8)))
            .toList();
    Map.Entry<byte[], byte[]> entry = entries.get(random.nextInt(entries.size()));
    byte[] field = entry.getKey();
    byte[] value = entry.getValue();
    switch (random.nextInt(6)) {
      case 0 -> {
        REDIS.hdel(key, field);
        return "without " + new String(field, UTF_8);
      }
      case 1 -> {
        REDIS.hdel(key, field);
        field = damaged(field, random);
      }
      default -> value = damaged(value, random);
    }
    REDIS.hset(key, field, value);
    return new String(field, UTF_8) + " = " + new String(value, UTF_8);
  }

  private static String damageSortedSet(byte[] key, Random random) {
    List<ScoredValue<byte[]>> entries = REDIS.zrangeWithScores(key, 0, -1);
    ScoredValue<byte[]> entry = entries.get(random.nextInt(entries.size()));
    double[] scores = {0, -1, 5.5, 1e15, entry.getScore() + 1};
    double score = entry.getScore();
    byte[] member = entry.getValue();
    switch (random.nextInt(3)) {
      case 0 -> {
        REDIS.zrem(key, member);
        return "without " + new String(member, UTF_8);
      }
      case 1 -> score = scores[random.nextInt(scores.length)];
      default -> {
        REDIS.zrem(key, member);
        member = damaged(member, random);
      }
    }
    REDIS.zadd(key, score, member);
    return new String(member, UTF_8) + " at " + score;
  }

  private static String damageList(byte[] key, Random random) {
    long at = random.nextInt(REDIS.llen(key).intValue());
    byte[] value = damaged(REDIS.lindex(key, at), random);
    REDIS.lset(key, at, value);
    return at + " = " + new String(value, UTF_8);
  }

  static Stream<String> records() {
    return Stream.of(
        "",
        "nonsense",
        "5",
        "5 1800000000000000 1 1:10000000:TYPE_0 ",
        "5 1800000000000000 1 1:10000000:TYPE_0 3:abc",
        "5 1800000000000000 1 1:10000000:TYPE_0 3:abc1;",
        "5 1800000000000000 1 1:10000000:TYPE_0 999999999999:abc0;",
        "5 1800000000000000 1 1:10000000:TYPE_0 3:abc999999999999;1:a1:b",
        "5 1800000000000000 1 9:10000000:TYPE_0 3:abc0;",
        "5 1800000000000000 1 1:0:TYPE_0 3:abc0;",
        "5 1800000000000000 0 1:10000000:TYPE_0 3:abc0;",
        "99999999999999999999 1800000000000000 1 1:10000000:TYPE_0 3:abc0;",
        // Values that only the reader refuses: a blank wallet, and a type with too long a
        // processing time.
        "5 1800000000000000 1 1:10000000:TYPE_0 3:   0;",
        "5 1800000000000000 1 1:99999999999:TYPE_0 3:abc0;");
  }

  @ParameterizedTest
  @MethodSource("records")
  void whatCannotBeReadFailsAsSuchAndShowsWhatThereIs(String record) {
    long pending = queue.stats().pending();
    String id = queue.peek(Priority.LOW, 0, 1).get(0).event().id();
    REDIS.hset(key("events"), id.getBytes(UTF_8), record.getBytes(UTF_8));

    assertThat(queue.peek(Priority.LOW, 0, 1))
        .extracting(row -> row.event().type(), row -> row.event().id())
        .containsExactly(tuple(EventType.UNREADABLE, id));
    assertThat(queue.stats().pending()).isEqualTo(pending);
    assertThat(drain()).hasSize(EVENTS - ended.size() - 1).doesNotContain(id);

    FailedEvent failed =
        queue.failedQueue().page(0, 10).stream()
            .filter(row -> row.event().id().equals(id))
            .findFirst()
            .orElseThrow();
    assertThat(failed.event().type()).isEqualTo(EventType.UNREADABLE);
    assertThat(failed.event().payload().text()).isEqualTo(record);
    assertThat(failed.reason()).contains("cannot be read");
    QueueStats stats = queue.stats();
    assertThat(stats.isConserved()).as("%s", stats).isTrue();
    assertThat(stats.lost()).isZero();
    assertThat(stats.pendingByType()).isEmpty();
  }

  @Test
  void whatCannotBeReadIsNotBroughtBack() {
    String id = queue.peek(Priority.LOW, 0, 1).get(0).event().id();
    REDIS.hset(key("events"), id.getBytes(UTF_8), "nonsense".getBytes(UTF_8));
    assertThat(drain()).isNotEmpty();
    long sequence =
        queue.failedQueue().page(0, 10).stream()
            .filter(row -> row.event().id().equals(id))
            .findFirst()
            .orElseThrow()
            .sequence();

    assertThat(queue.failedQueue().redrive(sequence)).isEqualTo(Redrive.UNREADABLE);
    assertThat(queue.failedQueue().redriveAll(0, 10))
        .satisfies(
            receipt -> {
              assertThat(receipt.redriven()).isEqualTo(2);
              assertThat(receipt.unreadable()).isEqualTo(1);
            });
    assertThat(queue.failedQueue().purge(sequence)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pending:high",
        "pending:normal",
        "pending:low",
        "fresh:high",
        "fresh:normal",
        "fresh:low",
        "types",
        "events",
        "attempts",
        "delayed",
        "leased",
        "leases",
        "failed",
        "failed:times",
        "failed:events",
        "observed",
        "done"
      })
  void aLostKeyIsRepairedWhereItIsMet(String name) {
    assertThat(REDIS.del(key(name))).isEqualTo(1);

    look();
    Set<String> handled = drain();
    QueueStats stats = queue.stats();

    int lost =
        switch (name) {
          case "events" -> EVENTS - ended.size();
          case "failed:events" -> 2;
          default -> 0;
        };
    assertThat(stats.lost()).isEqualTo(lost);
    assertThat(stats.isConserved()).as("%s", stats).isTrue();
    assertThat(stats.unfinished()).isZero();
    assertThat(stats.pendingByType()).isEmpty();
    assertThat(handled).hasSize(name.equals("events") ? 0 : EVENTS - ended.size());
    boolean failuresLost = name.equals("failed:events");
    assertThat(queue.failedQueue().latest(10)).hasSize(failuresLost ? 0 : 2);
    assertThat(queue.failedQueue().redriveAll(0, 10).redriven()).isEqualTo(failuresLost ? 0 : 2);
    // Later events are not affected.
    assertThat(queue.publish(AuditEvent.of("later", EventType.of("LATER"), "wallet")).accepted())
        .isEqualTo(1);
    assertThat(drain()).contains("later");
    assertThat(queue.stats().isConserved()).as("%s", queue.stats()).isTrue();
  }

  @Test
  void lostCountersAreCountedAnewWithoutANumberInUse() {
    REDIS.hdel(key("meta"), "published".getBytes(UTF_8), "done".getBytes(UTF_8));

    assertThat(queue.publish(AuditEvent.of("later", EventType.of("LATER"), "wallet")).accepted())
        .isEqualTo(1);
    QueueStats stats = queue.stats();

    assertThat(stats.published()).isEqualTo(EVENTS + 1);
    assertThat(stats.done()).isEqualTo(2);
    assertThat(stats.lost()).isZero();
    assertThat(stats.isConserved()).isTrue();
    assertThat(new String(REDIS.lindex(key("fresh:normal"), -1), UTF_8))
        .isEqualTo(EVENTS + 1 + " later");
  }

  @Test
  void pendingEventsOfATypeThatNobodyCountsAreCountedStill() {
    assertThat(REDIS.del(key("types"))).isEqualTo(1);

    QueueStats stats = queue.stats();

    assertThat(stats.pendingByType()).containsEntry(EventType.UNREADABLE, stats.pending());
  }
}
