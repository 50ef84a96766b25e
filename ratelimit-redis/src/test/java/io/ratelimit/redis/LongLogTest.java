package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A script's work on a very long log of starts is bounded, measured by its commands. */
class LongLogTest {

  private static final int STARTS = 50_000;
  private static final RateLimit LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofDays(1)).withBurst(1_000);
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static LocalRedis server;

  private final VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
  private final String namespace = TestClients.newNamespace();
  private int requests;

  @BeforeAll
  static void start() {
    server = LocalRedis.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private String key(String name) {
    return "{" + namespace + "}:" + name;
  }

  private RedisEventQueue connect(RateLimit limit) {
    RedisEventQueue queue =
        TestClients.queue(server, limit).namespace(namespace).time(time).connect();
    queue.publish(
        IntStream.range(0, 500)
            .mapToObj(i -> AuditEvent.of("e" + i, EventType.of("T"), "w"))
            .toList());
    return queue;
  }

  private TakeResult take(RedisEventQueue queue, int max) {
    return queue.take(new TakeRequest("r" + requests++, "worker", max, LEASE));
  }

  /** Fills the log as if this many events had started, one every 100 ms up to now. */
  private void fillLog(RedisEventQueue queue) {
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Taken.class);
    time.advance(Duration.ofMillis(100L * STARTS));
    String script =
        """
        local p = {cmsgpack.unpack(redis.call('HGET', KEYS[1], 'limiter'))}
        for n = 1, ARGV[1] do
          redis.call('ZADD', KEYS[2], string.format('%d', p[3] + 100000 * n),
            string.format('%016d', p[4] + n))
        end
        p[3], p[4] = p[3] + 100000 * ARGV[1], p[4] + ARGV[1]
        p[1] = p[3]
        return redis.call('HSET', KEYS[1], 'limiter', cmsgpack.pack(unpack(p, 1, 10)))
        """;
    Object unused =
        TestClients.ask(
            server,
            redis ->
                redis.eval(
                    script,
                    ScriptOutputType.INTEGER,
                    new String[] {key("meta"), key("starts")},
                    Integer.toString(STARTS)));
  }

  private long size() {
    return TestClients.ask(server, redis -> redis.zcard(key("starts")));
  }

  private static long calls(RedisCommands<String, String> redis, String command) {
    Matcher matcher =
        Pattern.compile("cmdstat_" + command + ":calls=(\\d+)").matcher(redis.info("commandstats"));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  @Test
  void aChangeOfTheLimitLooksAtTheLatestStartsOnly() {
    try (RedisEventQueue queue = connect(LIMIT)) {
      fillLog(queue);
      RateLimit another = RateLimit.of(900_000).per(Duration.ofDays(1)).withBurst(1_000);
      queue.limitControl().changeLimit(another);

      long before = TestClients.ask(server, redis -> calls(redis, "zrange"));
      assertThat(take(queue, 1)).isInstanceOf(TakeResult.Taken.class);
      long reads = TestClients.ask(server, redis -> calls(redis, "zrange")) - before;

      // The page of the latest starts, its beginning, the oldest entry, and the heads of
      // priorities.
      assertThat(reads).isBetween(3L, 12L);
      QueueStats stats = queue.stats();
      assertThat(stats.starts()).isEqualTo(2);
      assertThat(stats.startsInWindow()).isEqualTo(STARTS + 2);
    }
  }

  @Test
  void whatHasLeftEveryWindowIsForgottenInSteps() {
    try (RedisEventQueue queue = connect(LIMIT)) {
      fillLog(queue);
      time.advance(Duration.ofDays(2));

      assertThat(take(queue, 1)).isInstanceOf(TakeResult.Taken.class);
      assertThat(size()).isEqualTo(STARTS + 2 - 100);
      assertThat(take(queue, 50)).isInstanceOf(TakeResult.Taken.class);
      assertThat(size()).isEqualTo(STARTS + 1 + 1 - 51 * 100);
      QueueStats stats = queue.stats();
      assertThat(stats.startsInWindow()).isEqualTo(51);
      assertThat(stats.nextStart()).isEmpty();
    }
  }

  @Test
  void theWindowOfAnEmergencyThatLapsedIsForgotten() {
    RateLimit normal = RateLimit.of(20).per(Duration.ofSeconds(1)).withBurst(20);
    RateLimit emergency = RateLimit.of(100_000).per(Duration.ofHours(1)).withBurst(50);
    try (RedisEventQueue queue = connect(normal)) {
      queue.limitControl().demand("someone", emergency, Duration.ofSeconds(5));
      for (int n = 0; n < 300; n++) {
        take(queue, 1);
        time.advance(Duration.ofMillis(50));
      }
      assertThat(queue.stats().starts()).isGreaterThan(200);
      assertThat(queue.stats().limit().demands()).hasSize(1);
      assertThat(size()).isLessThanOrEqualTo(normal.permits() + 4);
    }
  }
}
