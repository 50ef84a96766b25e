package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.redis.internal.wire.Micros;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Part of the limit's state is lost or damaged: no window is exceeded, and work continues. */
class DamagedLimitTest {

  private static final RateLimit LIMIT = RateLimit.of(4).per(Duration.ofSeconds(4)).withBurst(2);
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final List<String> FIELDS =
      List.of(
          "format",
          "now",
          "settings",
          "limiter",
          "pace_limit",
          "memo",
          "due",
          "server",
          "open",
          "created",
          "run",
          "timeline",
          "windows");

  private final VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
  private final String namespace = TestClients.newNamespace();
  private final Starts starts = new Starts();
  private int requests;
  private int published;

  static Stream<String> fields() {
    return FIELDS.stream();
  }

  private String key(String name) {
    return "{" + namespace + "}:" + name;
  }

  private void damage(Consumer<RedisCommands<String, String>> harm) {
    TestClients.ask(
        TestClients.server(),
        redis -> {
          harm.accept(redis);
          return 0;
        });
  }

  private boolean take(RedisEventQueue queue) {
    TakeResult result = queue.take(TakeRequest.one("request-" + requests++, "worker", LEASE));
    if (result instanceof TakeResult.Taken) {
      starts.add(Micros.floor(time.now()));
    }
    return result instanceof TakeResult.Taken;
  }

  private void publish(RedisEventQueue queue) {
    assertThat(
            queue
                .publish(
                    IntStream.range(0, 100)
                        .mapToObj(
                            n ->
                                AuditEvent.of(
                                    "event-" + published++, EventType.of("TEST"), "wallet"))
                        .toList())
                .accepted())
        .isEqualTo(100);
  }

  private void goesOnAfter(Consumer<RedisCommands<String, String>> harm) {
    RedisEventQueue.Builder builder =
        TestClients.queue(LIMIT)
            .namespace(namespace)
            .startUp(RedisEventQueue.StartUp.WAIT)
            .time(time);
    try (RedisEventQueue queue = builder.connect();
        RedisEventQueue other = builder.connect()) {
      publish(queue);
      drain(queue, other, 20);
      for (int times = 0; times < 3; times++) {
        damage(harm);
        publish(other);
        int before = starts.all().size();
        drain(other, queue, 40);
        assertThat(queue.stats().largestWindowSince(Instant.MIN)).isLessThanOrEqualTo(4);
        // 10 s, at most a window of 4 s of which is spent waiting.
        assertThat(starts.all().size() - before).isGreaterThanOrEqualTo(6);
      }
    }
    starts.assertWithin(LIMIT, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private void drain(RedisEventQueue one, RedisEventQueue other, int steps) {
    for (int step = 0; step < steps; step++) {
      take(step % 2 == 0 ? one : other);
      time.advance(Duration.ofMillis(250));
    }
  }

  @ParameterizedTest
  @MethodSource("fields")
  void aFieldIsLost(String field) {
    goesOnAfter(redis -> redis.hdel(key("meta"), field));
  }

  @ParameterizedTest
  @MethodSource("fields")
  void aFieldIsDamaged(String field) {
    goesOnAfter(redis -> redis.hset(key("meta"), field, "nonsense"));
  }

  @ParameterizedTest
  @MethodSource("fields")
  void aFieldIsEmptied(String field) {
    goesOnAfter(redis -> redis.hset(key("meta"), field, ""));
  }

  @Test
  void theLogIsLost() {
    goesOnAfter(redis -> redis.del(key("starts")));
  }

  @Test
  void theLogIsSomethingElse() {
    goesOnAfter(redis -> redis.set(key("starts"), "nonsense"));
  }

  @Test
  void theLogHoldsNonsense() {
    goesOnAfter(
        redis -> {
          redis.zremrangebyrank(key("starts"), 0, 0);
          redis.zadd(key("starts"), 1_800_000_000_000_000.0, "nonsense");
        });
  }

  @Test
  void theOldestStartIsLost() {
    goesOnAfter(redis -> redis.zremrangebyrank(key("starts"), 0, 0));
  }

  @Test
  void theLatestStartIsLost() {
    goesOnAfter(redis -> redis.zremrangebyrank(key("starts"), -1, -1));
  }

  @Test
  void allThatIsKnownIsLost() {
    goesOnAfter(redis -> redis.del(key("meta")));
  }

  @Test
  void allThatIsKnownIsSomethingElse() {
    goesOnAfter(redis -> redis.set(key("meta"), "nonsense"));
  }

  @Test
  void allIsLost() {
    goesOnAfter(redis -> redis.del(key("meta"), key("starts")));
  }
}
