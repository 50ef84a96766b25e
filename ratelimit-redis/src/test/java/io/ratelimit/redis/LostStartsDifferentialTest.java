package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.Decision;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitState;
import io.ratelimit.core.limit.LimitState.PossiblePast;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.redis.internal.wire.Micros;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** After a loss, Lua and Java assume the same starts, to the microsecond. */
class LostStartsDifferentialTest {

  private static final int SCHEDULES_PER_SEED = 40;
  private static final RedisClient CLIENT = TestClients.client(TestClients.server());

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  /** To run more seeds than a build does: {@code -Dratelimit.seeds=100}. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("ratelimit.seeds", 10));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void assumesAlike(long seed) {
    Random random = new Random(seed);
    for (int n = 0; n < SCHEDULES_PER_SEED; n++) {
      try (Schedule schedule = new Schedule("seed " + seed + " schedule " + n, random)) {
        schedule.run();
      }
    }
  }

  private static final class Schedule implements AutoCloseable {
    private final Random random;
    private final VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000L));
    private final String namespace = TestClients.newNamespace();
    private final Duration period;
    private final RateLimit ceiling;
    private final int heaviest;
    private final RedisEventQueue queue;
    private final Deque<Integer> weights = new ArrayDeque<>();
    private final List<String> log = new ArrayList<>();
    private LimitState state;
    private int events;
    private int requests;

    Schedule(String name, Random random) {
      this.random = random;
      log.add(name);
      period = Duration.ofNanos((1_000 + random.nextInt(100_000)) * 1_000L);
      int permits = random.nextInt(3) == 0 ? 1 + random.nextInt(200) : 1 + random.nextInt(9);
      int burst = random.nextBoolean() ? 1 : 1 + random.nextInt(permits);
      ceiling = new RateLimit(permits, period, burst, Duration.ZERO);
      RateLimit normal = within();
      heaviest = random.nextBoolean() ? 1 : 1 + random.nextInt(normal.permits());
      queue =
          TestClients.queue(normal)
              .client(CLIENT)
              .namespace(namespace)
              .ceiling(ceiling)
              .startUp(RedisEventQueue.StartUp.WAIT)
              .time(time)
              .connect();
      LimitSettings settings = queue.limitControl().settings();
      state =
          LimitState.unknownUntil(
              time.now(), settings, PossiblePast.under(settings, 1, time.now()));
      if (heaviest > 1) {
        // Heavier events than known may have started before, too.
        state = LimitState.unknownUntil(time.now(), settings, past());
      }
      publish(true);
    }

    private RateLimit within() {
      int permits = 1 + random.nextInt(ceiling.permits());
      int burst = 1 + random.nextInt(Math.min(permits, ceiling.burst()));
      Duration margin = Duration.ofNanos(1_000L * random.nextInt(2) * random.nextInt(500));
      return new RateLimit(permits, period, burst, margin);
    }

    private PossiblePast past() {
      return PossiblePast.under(state.settings(), heaviest, time.now());
    }

    private void publish(boolean withHeaviest) {
      List<AuditEvent> list = new ArrayList<>();
      for (int n = 0; n < 20; n++) {
        int weight = withHeaviest && n == 0 ? heaviest : 1 + random.nextInt(heaviest);
        weights.add(weight);
        list.add(
            AuditEvent.of("event-" + events++, EventType.of("TEST"), "wallet").withWeight(weight));
      }
      assertThat(queue.publish(list).accepted()).isEqualTo(20);
    }

    void run() {
      for (int step = 0; step < 60; step++) {
        switch (random.nextInt(14)) {
          case 0 -> loseAll();
          case 1 -> loseSome();
          case 2 -> {
            RateLimit limit = within();
            if (limit.permits() >= heaviest) {
              log.add(time.now() + " change to " + limit);
              state = state.withSettings(queue.limitControl().changeLimit(limit));
            }
          }
          case 3 -> {
            Duration duration = period.dividedBy(2).plusNanos(1_000);
            LimitSettings raised = queue.limitControl().demand("owner", within(), micros(duration));
            log.add(time.now() + " demand " + raised);
            state = state.withSettings(raised);
          }
          case 4, 5 -> advance(random.nextInt((int) (period.toNanos() / 1_000)));
          default -> take();
        }
        assertSameStats();
      }
    }

    private static Duration micros(Duration duration) {
      return Duration.ofNanos(duration.toNanos() / 1_000 * 1_000);
    }

    private void advance(long micros) {
      time.advance(Duration.ofNanos(micros * 1_000));
    }

    private void take() {
      if (weights.isEmpty()) {
        publish(false);
      }
      int weight = weights.getFirst();
      Decision decision = state.decide(time.now(), weight);
      TakeResult result =
          queue.take(TakeRequest.one("r-" + requests++, "worker", Duration.ofDays(1)));
      log.add(time.now() + " take " + weight + " -> " + result);
      if (decision instanceof Decision.Granted granted) {
        assertThat(result).as(this::history).isInstanceOf(TakeResult.Taken.class);
        Lease lease = ((TakeResult.Taken) result).leases().get(0);
        assertThat(lease.takenAt()).as(this::history).isEqualTo(granted.start());
        state = granted.next();
        weights.removeFirst();
      } else {
        Instant at = toldAt(((Decision.NotBefore) decision).at());
        assertThat(result).as(this::history).isEqualTo(new TakeResult.NotBefore(at));
        if (random.nextInt(4) > 0) {
          time.advance(Duration.between(time.now(), at));
        }
      }
    }

    /** Of what comes after the end of a raise, the queue says nothing. */
    private Instant toldAt(Instant opening) {
      Instant now = time.now();
      Instant asked = state.latestStart().filter(now::isBefore).orElse(now);
      return state.settings().raisedUntil(asked).filter(opening::isAfter).orElse(opening);
    }

    private void loseAll() {
      log.add(time.now() + " all keys are lost");
      TestClients.ask(
          TestClients.server(),
          redis -> redis.del(redis.keys("{" + namespace + "}:*").toArray(new String[0])));
      state = LimitState.unknownUntil(time.now(), state.settings(), past());
      weights.clear();
      publish(false);
    }

    private void loseSome() {
      log.add(time.now() + " another server");
      String key = "{" + namespace + "}:meta";
      TestClients.ask(TestClients.server(), redis -> redis.hset(key, "server", "the one before"));
      long last =
          Long.parseLong(TestClients.ask(TestClients.server(), redis -> redis.hget(key, "now")));
      state = state.withLostStarts(Micros.toInstant(last), time.now(), past());
    }

    private void assertSameStats() {
      QueueStats stats = queue.stats();
      assertThat(stats.startsInWindow())
          .as(this::history)
          .isEqualTo(state.startsInWindow(time.now()));
      assertThat(stats.largestWindows()).as(this::history).isEqualTo(state.largestWindows());
      assertThat(stats.assumedStarts())
          .as(this::history)
          .isEqualTo(state.assumedStarts(time.now()));
      assertThat(stats.latestStart()).as(this::history).isEqualTo(state.latestStart());
      Decision next = state.decide(time.now(), 1);
      assertThat(stats.nextStart().orElse(time.now()))
          .as(this::history)
          .isEqualTo(next instanceof Decision.NotBefore later ? later.at() : time.now());
    }

    private String history() {
      return "ceiling " + ceiling + " heaviest " + heaviest + "\n" + String.join("\n", log);
    }

    @Override
    public void close() {
      queue.close();
    }
  }
}
