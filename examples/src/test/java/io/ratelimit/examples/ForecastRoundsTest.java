package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForecastRoundsTest {

  private static final RateLimit LIMIT = RateLimit.of(1_000).perSecond().withBurst(1_000);

  @Test
  void afterElevenRoundsTheTwelfthIsForecast() {
    EventQueue queue = InMemoryEventQueue.create(LIMIT);
    try (AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(event -> {})
            .history(InMemoryRoundHistory.create())
            .build()) {
      assertThat(ForecastRounds.next(engine)).isEmpty();
      for (int round = 0; round < 11; round++) {
        queue.publish(events(round));
        engine.runRound();
      }

      assertThat(ForecastRounds.next(engine)).hasValue("7 events, 7 to 7");
    }
  }

  @Test
  void anEngineThatKeepsItsRoundsRunsThem() {
    EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute().withBurst(20));
    InMemoryRoundHistory history = InMemoryRoundHistory.create();
    queue.publish(events(0));
    try (AuditEngine engine = ForecastRounds.engine(queue, event -> {}, history)) {
      engine.runRound();
    }

    assertThat(history.since(Instant.EPOCH, 10).rounds()).hasSize(1);
  }

  private static List<AuditEvent> events(int round) {
    return IntStream.range(0, 7)
        .mapToObj(i -> AuditEvent.of(round + "-" + i, EventType.BALANCE_CHECK_REQUIRED, "wallet"))
        .toList();
  }
}
