package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaterEventsTest {

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final EventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(1_000).perSecond().withBurst(1_000))
          .time(time)
          .build();

  private static AuditEvent update(String id) {
    return AuditEvent.of(id, EventType.NEW_BALANCE_UPDATE, "wallet");
  }

  private List<String> take() {
    TakeResult result =
        queue.take(new TakeRequest("at " + time.now(), "worker", 9, Duration.ofHours(1)));
    return result instanceof TakeResult.Taken taken
        ? taken.leases().stream().map(lease -> lease.event().id()).toList()
        : List.of();
  }

  @Test
  void anAuditIsMadeLaterOrNotAtAll() {
    LaterEvents.lookAgain(queue, List.of(update("a")));
    assertThat(take()).isEmpty();
    time.advance(Duration.ofSeconds(30));
    assertThat(take()).containsExactly("a");

    LaterEvents.lookAgain(queue, List.of(update("b")));
    time.advance(Duration.ofMinutes(2));
    assertThat(take()).isEmpty();
    assertThat(queue.stats().expired()).isEqualTo(1);
  }

  @Test
  void manyChangesAreOneUpdate() {
    for (int n = 1; n <= 5; n++) {
      LaterEvents.changed(queue, update("change " + n));
      time.advance(Duration.ofMillis(200));
    }
    assertThat(take()).containsExactly("change 5");
    assertThat(queue.stats().replaced()).isEqualTo(4);
  }
}
