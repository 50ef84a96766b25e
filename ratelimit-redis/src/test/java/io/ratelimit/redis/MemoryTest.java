package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memory of events in Redis, as documented. */
class MemoryTest {

  private static final Logger log = LoggerFactory.getLogger(MemoryTest.class);

  // The documentation's numbers are those of -Dratelimit.events=100000.
  private static final int EVENTS = Integer.getInteger("ratelimit.events", 10_000);
  private static final RateLimit FAST = RateLimit.of(1_000_000).perSecond().withBurst(1_000_000);
  private static final Pattern USED = Pattern.compile("used_memory:(\\d+)");

  private static long used(LocalRedis server) {
    Matcher matcher = USED.matcher(TestClients.ask(server, redis -> redis.info("memory")));
    assertThat(matcher.find()).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  private static List<AuditEvent> events(int payloadSize) {
    Payload payload = payloadSize == 0 ? Payload.empty() : Payload.ofBytes(new byte[payloadSize]);
    return IntStream.range(0, EVENTS)
        .mapToObj(
            n ->
                AuditEvent.of(
                        UUID.randomUUID().toString(),
                        EventType.BALANCE_CHECK_REQUIRED,
                        "wallet-" + n % 1_000)
                    .withPayload(payload))
        .toList();
  }

  /** Returns the bytes per pending event; all are done in the end. */
  private static long bytesEach(int payloadSize) {
    try (LocalRedis server = LocalRedis.start();
        RedisEventQueue queue = TestClients.queue(server, FAST).connect()) {
      long empty = used(server);
      assertThat(queue.publish(events(payloadSize)).accepted()).isEqualTo(EVENTS);
      long each = (used(server) - empty) / EVENTS;
      for (int batch = 0; batch < EVENTS / TakeRequest.MAX_EVENTS; batch++) {
        TakeRequest request =
            new TakeRequest(
                "batch-" + batch, "worker", TakeRequest.MAX_EVENTS, Duration.ofMinutes(1));
        List<Lease> leases = ((TakeResult.Taken) queue.take(request)).leases();
        assertThat(queue.ackAll(leases)).hasSize(TakeRequest.MAX_EVENTS);
      }
      long left =
          TestClients.ask(
              server, redis -> redis.keys("*").stream().mapToLong(redis::memoryUsage).sum());
      log.info(
          "{} pending events with {} bytes of payload: {} bytes each; {} bytes are left of all",
          EVENTS,
          payloadSize,
          each,
          left);
      assertThat(left).as("bytes left of %d finished events", EVENTS).isLessThan(20_000);
      return each;
    }
  }

  @Test
  void pendingEventsTakeWhatTheDocumentationSaysAndDoneOnesNothing() {
    assertThat(bytesEach(0)).isBetween(150L, 400L);
    assertThat(bytesEach(200)).isBetween(350L, 700L);
  }
}
