package io.ratelimit.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MeasuredTypeTest {

  private static final EventType LATE =
      EventType.of("LATE").withProcessingTime(Duration.ofSeconds(2));
  private static final EventType AS_DECLARED =
      EventType.of("AS_DECLARED").withProcessingTime(Duration.ofSeconds(5));

  private final VirtualTime time = VirtualTime.atEpoch();

  private void attempt(EventQueue queue, String id, EventType type, Duration takes, boolean fails) {
    queue.publish(AuditEvent.of(id, type, "wallet"));
    TakeRequest request = TakeRequest.one("take-" + id, "worker", Duration.ofHours(1));
    Lease lease = ((TakeResult.Taken) queue.take(request)).leases().get(0);
    time.advance(takes);
    assertThat(fails ? queue.fail(lease, "no") : queue.ack(lease)).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void whatTakesAnotherTimeThanDeclaredIsShownAndAllIsInJson() {
    try (EventQueue queue =
        InMemoryEventQueue.builder(RateLimit.of(1_000).perSecond()).time(time).build()) {
      for (int n = 0; n < 30; n++) {
        attempt(queue, "late-" + n, LATE, Duration.ofSeconds(12), n < 10);
        attempt(queue, "ok-" + n, AS_DECLARED, Duration.ofSeconds(5), false);
      }

      QueueView view = QueueView.of("audits", queue.stats());

      assertThat(view.measured())
          .extracting(MeasuredType::type)
          .containsExactly("AS_DECLARED", "LATE");
      MeasuredType late = view.measured().get(1);
      assertThat(late.attempts()).isEqualTo(30);
      assertThat(late.failureRate()).isEqualTo(10.0 / 40);
      assertThat(late.typical()).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
      assertThat(view.lines())
          .filteredOn(line -> line.startsWith("Measured"))
          .singleElement()
          .asString()
          .matches(
              "Measured    LATE  some [0-9.]+ s, declared 2 s; 25 % fail \\(30 attempts seen\\)");
      assertThat(view.lines()).noneMatch(line -> line.contains("AS_DECLARED"));
    }
  }
}
