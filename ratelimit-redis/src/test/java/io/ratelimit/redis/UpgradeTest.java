package io.ratelimit.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A namespace that an older version wrote is read without loss. */
class UpgradeTest {

  private static final RateLimit LIMIT = RateLimit.of(100).perMinute().withBurst(20);
  // One second after the stored state.
  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:02Z"));

  /** Restores a file: each line has a command, a key, and the other arguments in Base64. */
  private static void restore(RedisClient client, String file, String namespace)
      throws IOException {
    try (InputStream in = UpgradeTest.class.getResourceAsStream(file);
        StatefulRedisConnection<byte[], byte[]> raw = client.connect(ByteArrayCodec.INSTANCE)) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        String[] words = line.split(" ", -1);
        CommandArgs<byte[], byte[]> arguments = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        arguments.addKey(words[1].replace("{fixture}", "{" + namespace + "}").getBytes(UTF_8));
        for (int i = 2; i < words.length; i++) {
          arguments.add(words[i].equals("=") ? new byte[0] : Base64.getDecoder().decode(words[i]));
        }
        Long unused =
            raw.sync()
                .dispatch(
                    CommandType.valueOf(words[0]),
                    new IntegerOutput<>(ByteArrayCodec.INSTANCE),
                    arguments);
      }
    }
  }

  private static AuditEvent stored(int i) {
    EventType low = EventType.of("LOW").withPriority(Priority.LOW);
    EventType type =
        switch (i % 3) {
          case 0 -> EventType.REBALANCE_NEEDED;
          case 1 -> EventType.NEW_BALANCE_UPDATE;
          default -> low;
        };
    return AuditEvent.of("event " + i + " é", type, "wallet-" + i)
        .withWeight(1 + i % 2)
        .withPayload(Payload.ofText("payload " + i))
        .withAttribute("exchange", "x/y:1=2");
  }

  @Test
  void format3IsReadWithoutLoss() throws IOException {
    String namespace = TestClients.newNamespace();
    RedisClient client = TestClients.client(TestClients.server());
    try {
      restore(client, "format-3.txt", namespace);
      Limits limits =
          Limits.builder().limit("wallet", AuditEvent::walletId, LIMIT.withPermits(50)).build();
      try (RedisEventQueue queue =
          TestClients.queue(LIMIT)
              .client(client)
              .namespace(namespace)
              .time(time)
              .retainDone(5)
              .limits(limits)
              .connect()) {
        assertReadable(queue);
        queue.publish(AuditEvent.of("new", EventType.of("NEW"), "w"));
        time.advance(Duration.ofMinutes(6));
        assertDrains(queue);
      }
      String format =
          TestClients.ask(
              TestClients.server(), redis -> redis.hget("{" + namespace + "}:meta", "format"));
      assertThat(format).isEqualTo("5");
    } finally {
      client.shutdown();
    }
  }

  /**
   * Two accounts that have spent their minute, one of them paused, and three wallets with attempts
   * in flight.
   */
  @Test
  void namedLimitsOfFormat4AreReadWithoutLoss() throws IOException {
    String namespace = TestClients.newNamespace();
    RedisClient client = TestClients.client(TestClients.server());
    try {
      restore(client, "format-4.txt", namespace);
      letItBeOfThisServer(client, namespace);
      try (RedisEventQueue queue =
          TestClients.queue(LIMIT).client(client).namespace(namespace).time(time).connect()) {
        assertThat(keys(queue, "account"))
            .extracting(key -> key.key().key(), KeyStats::held)
            .containsExactly(tuple("acc/0", List.of(3L)), tuple("acc/1", List.of(3L)));
        assertThat(keys(queue, "account").get(1).pause())
            .contains(Pause.until(Instant.parse("2026-01-01T00:02:01Z")));
        assertThat(keys(queue, "wallet")).extracting(KeyStats::inFlight).containsExactly(1, 1, 1);
        for (Lease lease : queue.leases(10)) {
          assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
        }

        Map<String, List<Duration>> starts = startsByAccount(queue, 6);

        assertThat(starts.get("acc/0"))
            .hasSize(3)
            .allMatch(at -> !at.minusSeconds(60).isNegative());
        assertThat(starts.get("acc/1"))
            .hasSize(3)
            .allMatch(at -> !at.minusSeconds(121).isNegative());
        assertThat(queue.stats().isConserved()).isTrue();
        assertThat(queue.stats().done()).isEqualTo(12);
      }
    } finally {
      client.shutdown();
    }
  }

  /** Pretends that the state is this server's: on another server, the last starts might be lost. */
  private void letItBeOfThisServer(RedisClient client, String namespace) {
    String other = TestClients.newNamespace();
    TestClients.queue(LIMIT).client(client).namespace(other).time(time).connect().close();
    Long unused =
        TestClients.ask(
            TestClients.server(),
            redis ->
                redis.hset(
                        "{" + namespace + "}:meta",
                        "server",
                        redis.hget("{" + other + "}:meta", "server"))
                    ? 1L
                    : 0L);
  }

  private static List<KeyStats> keys(RedisEventQueue queue, String limit) {
    return queue.namedLimitControl().keys(limit, Optional.empty(), 10);
  }

  /** Takes and settles events one by one; returns when each started, since midnight. */
  private Map<String, List<Duration>> startsByAccount(RedisEventQueue queue, int events) {
    Map<String, List<Duration>> starts = new TreeMap<>();
    for (int n = 0, taken = 0; taken < events; n++) {
      assertThat(n).as("comes to an end").isLessThan(100);
      TakeResult result = queue.take(new TakeRequest("r" + n, "w", 1, Duration.ofHours(1)));
      if (result instanceof TakeResult.Taken some) {
        Lease lease = some.leases().get(0);
        starts
            .computeIfAbsent(lease.event().attributes().get("account"), first -> new ArrayList<>())
            .add(Duration.between(Instant.parse("2026-01-01T00:00:00Z"), lease.takenAt()));
        assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
        taken++;
      } else if (result instanceof TakeResult.NotBefore later) {
        time.advance(Duration.between(time.now(), later.at()));
      } else {
        time.advance(Duration.ofSeconds(1));
      }
    }
    return starts;
  }

  private static void assertReadable(RedisEventQueue queue) {
    QueueStats stats = queue.stats();
    assertThat(stats.isConserved()).as("%s", stats).isTrue();
    assertThat(stats.pendingByPriority())
        .isEqualTo(Map.of(Priority.HIGH, 0L, Priority.NORMAL, 3L, Priority.LOW, 4L));
    assertThat(List.of(stats.delayed(), stats.leased(), stats.done(), stats.failed(), stats.lost()))
        .containsExactly(1L, 2L, 1L, 1L, 0L);
    assertThat(stats.limit().demandOf("öwner", stats.observedAt())).isPresent();
    assertThat(queue.leases(10)).hasSize(2);
    Lease lease = queue.leases(10).get(0);
    assertThat(lease.event()).isIn(stored(9), stored(1));
    assertThat(queue.ack(lease)).as("leased by the older version").isEqualTo(Settlement.SETTLED);
    assertThat(queue.failedQueue().page(0, 10).get(0).reason()).isEqualTo("brôken");
    assertThat(queue.recentlyDone(5).get(1).event()).isEqualTo(stored(0));
  }

  private void assertDrains(RedisEventQueue queue) {
    List<AuditEvent> taken = new ArrayList<>();
    for (int n = 0; taken.size() < 10 && n < 100; n++) {
      TakeResult result = queue.take(new TakeRequest("r" + n, "w", 10, Duration.ofHours(1)));
      if (result instanceof TakeResult.Taken some) {
        some.leases().forEach(lease -> taken.add(lease.event()));
      } else if (result instanceof TakeResult.NotBefore later) {
        time.advance(Duration.between(time.now(), later.at()));
      }
    }
    assertThat(taken)
        .as("seven that waited, one that was delayed, one whose lease ran out, and the new one")
        .hasSize(10)
        .contains(stored(2), stored(3), stored(4), stored(11))
        .contains(AuditEvent.of("new", EventType.of("NEW"), "w"));
    assertThat(queue.stats().isConserved()).isTrue();
  }
}
