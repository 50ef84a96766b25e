package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.TypeHistory;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Redis's counts of ended attempts, which never disturb other calls. */
class ObservedTest {

  private static final RateLimit FAST = RateLimit.of(1_000_000).perSecond().withBurst(1_000_000);
  private static final EventType TYPE = EventType.of("TEST");

  private static List<AuditEvent> events(int count, int payloadSize) {
    Payload payload = Payload.ofBytes(new byte[payloadSize]);
    return IntStream.range(0, count)
        .mapToObj(n -> AuditEvent.of("event-" + n, TYPE, "wallet").withPayload(payload))
        .toList();
  }

  private static List<Lease> take(RedisEventQueue queue, String request, int max) {
    TakeResult result = queue.take(new TakeRequest(request, "worker", max, Duration.ofDays(100)));
    return ((TakeResult.Taken) result).leases();
  }

  /**
   * Returns a random duration of up to 10^magnitude µs; each order of magnitude is equally likely.
   */
  private static Duration upTo(Random random, int magnitude) {
    long micros = Math.round(Math.pow(10, random.nextDouble() * magnitude));
    return Duration.ofNanos(micros * 1_000);
  }

  /** Counts batches of several types, with times from zero to two days, as Java does. */
  @Test
  void batchesAreCountedAsInJava() {
    Random random = new Random(7);
    VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
    EventType[] types = {TYPE, EventType.REBALANCE_NEEDED, EventType.of("OTHER.TYPE-1")};
    Map<EventType, TypeHistory> expected = new HashMap<>();
    try (RedisEventQueue queue = TestClients.queue(FAST).time(time).connect()) {
      for (int round = 0; round < 200; round++) {
        int size = 1 + random.nextInt(60);
        List<Lease> leases = new ArrayList<>();
        for (int n = 0; n < size; n++) {
          String id = round + "-" + n;
          EventType type = types[random.nextInt(types.length)];
          assertThat(queue.publish(AuditEvent.of(id, type, "wallet")).accepted()).isEqualTo(1);
          leases.addAll(take(queue, "take-" + id, 1));
          time.advance(upTo(random, 8));
        }
        time.advance(upTo(random, 11));
        for (Lease lease : leases) {
          expected.merge(
              lease.event().type(),
              TypeHistory.NONE.with(Duration.between(lease.takenAt(), time.now()), false),
              (before, one) -> before.with(Duration.between(lease.takenAt(), time.now()), false));
        }
        assertThat(queue.ackAll(leases)).containsOnly(Settlement.SETTLED);
        assertThat(queue.stats().observed()).isEqualTo(expected);
      }
    }
    assertThat(expected.get(TYPE).times().counts()).as("buckets in use").hasSizeGreaterThan(50);
  }

  /** With full memory, publications are refused, but leases can be settled, and are counted. */
  @Test
  void whatIsTakenCanBeSettledWhileTheMemoryIsFull() {
    try (LocalRedis server = LocalRedis.start("maxmemory-policy noeviction");
        RedisEventQueue queue = TestClients.queue(server, FAST).connect()) {
      assertThat(queue.publish(events(600, 200)).accepted()).isEqualTo(600);
      List<Lease> leases = take(queue, "all", 600);
      TestClients.ask(server, redis -> redis.configSet("maxmemory", "1"));

      assertThatThrownBy(() -> queue.publish(AuditEvent.of("one-more", TYPE, "wallet")))
          .isInstanceOf(QueueUnavailableException.class);
      assertThat(queue.ack(leases.get(0))).isEqualTo(Settlement.SETTLED);
      assertThat(queue.ackAll(leases.subList(1, 500))).containsOnly(Settlement.SETTLED);
      assertThat(queue.retry(leases.get(500), Duration.ZERO, "again"))
          .isEqualTo(Settlement.SETTLED);
      assertThat(queue.fail(leases.get(501), "for good")).isEqualTo(Settlement.SETTLED);

      TypeHistory observed = queue.stats().observed().get(TYPE);
      assertThat(observed.attempts()).isEqualTo(502);
      assertThat(observed.failures()).isEqualTo(2);
      assertThat(queue.stats().isConserved()).isTrue();
    }
  }

  @Test
  void whatIsDamagedBeginsAnewAndNeverKeepsAnEventFromBeingDone() {
    String namespace = TestClients.newNamespace();
    String key = "{" + namespace + "}:observed";
    try (RedisEventQueue queue = TestClients.queue(FAST).namespace(namespace).connect()) {
      assertThat(queue.publish(events(2, 0)).accepted()).isEqualTo(2);
      TestClients.ask(TestClients.server(), redis -> redis.hset(key, "TEST", "damaged"));
      assertThat(queue.stats().observed()).isEmpty();

      assertThat(queue.ack(take(queue, "one", 1).get(0))).isEqualTo(Settlement.SETTLED);
      assertThat(queue.stats().observed().get(TYPE).attempts()).isEqualTo(1);

      TestClients.ask(TestClients.server(), redis -> redis.del(key));
      TestClients.ask(TestClients.server(), redis -> redis.set(key, "not a hash"));
      assertThat(queue.ack(take(queue, "two", 1).get(0))).isEqualTo(Settlement.SETTLED);
      TestClients.ask(TestClients.server(), redis -> redis.del(key));
      assertThat(queue.stats().done()).isEqualTo(2);
    }
  }
}
