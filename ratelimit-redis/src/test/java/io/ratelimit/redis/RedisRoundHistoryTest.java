package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lettuce.core.Range;
import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.testkit.history.SampleRound;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Features of the history in Redis beyond the contract. */
@Timeout(90)
class RedisRoundHistoryTest {

  private static final Instant AT = Instant.parse("2020-01-02T03:04:05.678901Z");
  private static final RateLimit LIMIT = RateLimit.of(1_000).perSecond().withBurst(1_000);

  private final String namespace = TestClients.newNamespace();
  private final String key = "{" + namespace + "}:rounds";
  private final RedisEventQueue queue = TestClients.queue(LIMIT).namespace(namespace).connect();
  private final RoundHistory history = queue.history();

  @AfterEach
  void close() {
    queue.close();
  }

  private static RoundRecord round(int number) {
    return round("round-" + number, AT.plusSeconds(number));
  }

  private static RoundRecord round(String id, Instant endedAt) {
    return SampleRound.ended(id, endedAt).build();
  }

  private static <T> T ask(Function<RedisCommands<String, String>, T> question) {
    return TestClients.ask(TestClients.server(), question);
  }

  private List<String> keys() {
    return ask(redis -> redis.keys("{" + namespace + "}*"));
  }

  private HistoryPage read() {
    return history.read(HistoryQuery.newest(100));
  }

  private List<String> ids() {
    return read().rounds().stream().map(RoundRecord::id).toList();
  }

  @Test
  void forgetsWhatEndedSoLongBeforeTheNewest() {
    RoundHistory minutes =
        queue.history(RedisEventQueue.DEFAULT_HISTORY_BYTES, Duration.ofMinutes(2));
    minutes.append(round(0));
    minutes.append(round(100));
    minutes.append(round(120));
    assertThat(ids()).containsExactly("round-120", "round-100", "round-0");

    minutes.append(round(130));
    assertThat(ids()).containsExactly("round-130", "round-120", "round-100");
    minutes.append(round(9));
    assertThat(ids()).as("too old when it comes").doesNotContain("round-9");
  }

  @Test
  void aRoundOfTheFarFutureAgesNoOther() {
    for (int number = 0; number < 3; number++) {
      Instant now = queue.time().now().truncatedTo(ChronoUnit.MICROS);
      history.append(round("now-" + number, now));
      history.append(round("ahead-" + number, now.plus(Duration.ofDays(3_650))));
    }

    assertThat(ids()).hasSize(6);
  }

  @Test
  void lookingCreatesNothing() {
    assertThat(read()).isEqualTo(HistoryPage.EMPTY);
    assertThat(keys()).doesNotContain(key);
  }

  @Test
  void clearLeavesTheRoundsAndRemoveDoesNot() {
    history.append(round(1));
    ClearReceipt unused = queue.clear(ClearScope.ALL);
    assertThat(ids()).containsExactly("round-1");

    queue.remove();
    assertThat(keys()).isEmpty();
  }

  @Test
  void goesOnWhenTheKeyIsLost() {
    history.append(round(1));
    ask(redis -> redis.del(key));
    assertThat(read()).isEqualTo(HistoryPage.EMPTY);

    history.append(round(2));
    assertThat(ids()).containsExactly("round-2");
  }

  @Test
  void goesOnWhenOthersWroteOverTheKey() {
    history.append(round(1));
    ask(redis -> redis.set(key, "text"));
    assertThatExceptionOfType(HistoryException.class)
        .isThrownBy(this::read)
        .withMessageContaining("no rounds are read")
        .withMessageContaining("WRONGTYPE");

    history.append(round(2));
    assertThat(ids()).containsExactly("round-2");
  }

  @Test
  void countsAgainWhereTheNumberOfBytesIsLost() {
    RoundHistory small = queue.history(RedisEventQueue.LEAST_HISTORY_BYTES, Duration.ofDays(1));
    for (int number = 0; number < 50; number++) {
      small.append(round(number));
    }
    double bytes = bytes();
    ask(redis -> redis.zremrangebyscore(key, Range.create(0, 0)));
    ask(redis -> redis.zadd(key, 0, "damaged"));
    small.append(round(50));

    assertThat(ids()).hasSize(51);
    assertThat(bytes() / bytes).isBetween(51 / 50.0 - 0.01, 51 / 50.0 + 0.01);
    for (int number = 51; number < 600; number++) {
      small.append(round(number));
    }
    assertThat(bytes()).isLessThanOrEqualTo(RedisEventQueue.LEAST_HISTORY_BYTES);
    assertThat(ids().get(0)).isEqualTo("round-599");
  }

  private double bytes() {
    List<String> counted = ask(redis -> redis.zrangebyscore(key, Range.create(0, 0)));
    assertThat(counted).hasSize(1);
    return Double.parseDouble(counted.get(0));
  }

  /** The bound applies to the bytes in Redis itself. */
  @Test
  void redisHoldsNoMoreBytesThanAreAllowed() {
    long most = 8 * RedisEventQueue.LEAST_HISTORY_BYTES;
    RoundHistory bounded = queue.history(most, Duration.ofDays(1));
    for (int number = 0; number < 3_000; number++) {
      bounded.append(round(number));
    }

    Long held = ask(redis -> redis.memoryUsage(key));
    assertThat(held).isBetween(most / 4, most);
  }

  @Test
  void leavesOutWhatItCannotRead() {
    history.append(round(1));
    history.append(round(2));
    ask(redis -> redis.zadd(key, 1e15, "{\"v\":2,\"id\":\"later\"}"));
    ask(redis -> redis.zadd(key, AT.getEpochSecond() * 1e6, "damage"));

    assertThat(ids()).containsExactly("round-2", "round-1");
    assertThat(read().unreadable()).isEqualTo(2);
    history.append(round(3));
    assertThat(ids()).as("nothing has aged").containsExactly("round-3", "round-2", "round-1");
  }

  @Test
  void refusesBoundsAndTimesThatItCannotKeep() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.history(1_000, Duration.ofDays(1)))
        .withMessageContaining("at least 131072 but are 1000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.history(RedisEventQueue.DEFAULT_HISTORY_BYTES, Duration.ZERO));
  }

  /** If Redis is unreachable when a round ends, the round is kept when the next one ends. */
  @Test
  void aRoundThatEndedWhileRedisWasAwayIsKeptLater() {
    LocalRedis away = LocalRedis.start();
    try (RedisEventQueue other =
            TestClients.queue(away, LIMIT).commandTimeout(Duration.ofSeconds(2)).connect();
        AuditEngine engine =
            AuditEngine.builder(queue)
                .workers(1, 1)
                .deadline(Duration.ofMinutes(1))
                .handler(event -> {})
                .history(other.history())
                .build()) {
      away.suspend();
      publish("a");
      assertThat(engine.runRound().done()).isEqualTo(1);
      assertThat(engine.health().notes())
          .anySatisfy(
              note ->
                  assertThat(note)
                      .contains("the history has kept no round since")
                      .contains("1 wait, 0 lost"))
          .anySatisfy(note -> assertThat(note).contains("the history cannot be read since"));

      away.resume();
      publish("b");
      engine.runRound();
      assertThat(engine.health().notes()).noneMatch(note -> note.contains("the history"));
      assertThat(other.history().read(HistoryQuery.newest(9)).rounds()).hasSize(2);
    } finally {
      away.close();
    }
  }

  private void publish(String id) {
    var unused = queue.publish(List.of(AuditEvent.of(id, EventType.of("A"), "wallet")));
  }
}
