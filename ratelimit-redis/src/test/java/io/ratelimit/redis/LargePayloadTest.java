package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Large payloads are fetched when they are handed out, in pieces small enough that other clients
 * get their turn.
 */
class LargePayloadTest {

  private static final int EVENTS = 20;
  private static final int AT_ONCE = 4;
  private static final EventType TYPE = EventType.of("LARGE");
  private static final Duration LEASE = Duration.ofMinutes(1);

  private final VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
  private int requests;

  private RedisEventQueue queue(RateLimit limit) {
    RedisEventQueue queue = TestClients.queue(limit).time(time).retainDone(EVENTS).connect();
    Payload payload = Payload.ofBytes(new byte[AuditEvent.MAX_BYTES - 1_000]);
    List<AuditEvent> events = new ArrayList<>();
    for (int n = 0; n < EVENTS; n++) {
      events.add(AuditEvent.of("event-" + n, TYPE, "wallet").withPayload(payload));
    }
    queue.publish(events);
    return queue;
  }

  private List<Lease> take(RedisEventQueue queue) {
    requests++;
    TakeRequest request = new TakeRequest("request-" + requests, "worker", 100, LEASE);
    return queue.take(request) instanceof TakeResult.Taken taken ? taken.leases() : List.of();
  }

  @Test
  void aTakeHandsOutSoManyBytesAndAPageIsWholeStill() {
    try (RedisEventQueue queue = queue(RateLimit.of(1_000).perSecond().withBurst(1_000))) {
      assertThat(queue.peek(Priority.NORMAL, 0, 100)).hasSize(EVENTS);
      List<Lease> all = new ArrayList<>();
      for (int call = 0; call < EVENTS / AT_ONCE; call++) {
        List<Lease> some = take(queue);
        assertThat(some).hasSize(AT_ONCE);
        all.addAll(some);
      }
      assertThat(queue.leases(100)).containsExactlyElementsOf(all);
      for (Lease lease : all.subList(0, EVENTS / 2)) {
        assertThat(queue.fail(lease, "reason")).isEqualTo(Settlement.SETTLED);
      }
      assertThat(queue.failedQueue().page(0, 100)).hasSize(EVENTS / 2);
      assertThat(queue.failedQueue().latest(EVENTS / 2 - 1)).hasSize(EVENTS / 2 - 1);
      for (Lease lease : all.subList(EVENTS / 2, EVENTS)) {
        assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
      }
      assertThat(queue.recentlyDone(100)).hasSize(EVENTS / 2);
      int redriven = 0;
      long after = 0;
      for (int call = 0; call < 3; call++) {
        var receipt = queue.failedQueue().redriveAll(after, 100);
        redriven += receipt.redriven();
        after = receipt.next().orElse(after);
      }
      assertThat(redriven).isEqualTo(EVENTS / 2);
    }
  }

  @Test
  void retriesAndEndedLeasesOfLargeEventsComeBackAFewAtATime() {
    try (RedisEventQueue queue = queue(RateLimit.of(1_000).perSecond().withBurst(1_000))) {
      for (int call = 0; call < EVENTS / AT_ONCE; call++) {
        assertThat(take(queue)).hasSize(AT_ONCE);
      }
      time.advance(LEASE.plusSeconds(1));
      List<Lease> again = new ArrayList<>();
      for (int call = 0; call < EVENTS / AT_ONCE; call++) {
        again.addAll(take(queue));
      }
      assertThat(again).hasSize(EVENTS).allSatisfy(l -> assertThat(l.attempt()).isEqualTo(2));
    }
  }

  @Test
  void aStepOfAClearFetchesSoManyBytes() {
    try (RedisEventQueue queue = queue(RateLimit.of(20).perMinute())) {
      queue.stats();
      long before = scriptsRun();
      assertThat(queue.clear(ClearScope.ALL).pending()).isEqualTo(EVENTS);
      // The last event of a step may exceed the bound.
      assertThat(scriptsRun() - before).isGreaterThanOrEqualTo(EVENTS / (AT_ONCE + 1));
      assertThat(queue.stats().isConserved()).isTrue();
    }
  }

  @Test
  void aDeniedTakeFetchesOneRecordAtMost() {
    try (RedisEventQueue queue = queue(RateLimit.of(20).perMinute())) {
      assertThat(take(queue)).hasSize(1);
      TestClients.ask(TestClients.server(), RedisCommands::scriptFlush);
      long before = bytesOfLua();
      assertThat(take(queue)).isEmpty();
      assertThat(bytesOfLua() - before).isBetween(0L, 3L * AuditEvent.MAX_BYTES);
    }
  }

  private static long scriptsRun() {
    return number("commandstats", "cmdstat_evalsha:calls=(\\d+)");
  }

  /** Returns Lua's memory: everything that scripts have fetched since it was new. */
  private static long bytesOfLua() {
    return number("memory", "used_memory_lua:(\\d+)");
  }

  private static long number(String section, String pattern) {
    String info = TestClients.ask(TestClients.server(), redis -> redis.info(section));
    Matcher number = Pattern.compile(pattern).matcher(info);
    assertThat(number.find()).isTrue();
    return Long.parseLong(number.group(1));
  }
}
