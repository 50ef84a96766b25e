package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class AuditServiceTest {

  private final Time time = Time.accelerated(100);
  private final InMemoryEventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final AtomicBoolean refuseOnce = new AtomicBoolean(true);

  private final AuditService.Exchange exchange =
      new AuditService.Exchange() {
        @Override
        public void audit(AuditEvent event) throws AuditService.TooManyRequests {
          calls.add("audit " + event.walletId());
          if (refuseOnce.getAndSet(false)) {
            throw new AuditService.TooManyRequests(Duration.ofSeconds(60));
          }
        }

        @Override
        public void addMargin(AuditEvent event) {
          calls.add("addMargin " + event.walletId());
        }
      };

  @Test
  void handlesEachTypeInItsOwnWayAndHeedsTheExchange() {
    List<String> log = new CopyOnWriteArrayList<>();
    queue.publish(AuditEvent.of("event-1", EventType.NEW_BALANCE_UPDATE, "wallet-1"));
    queue.publish(AuditEvent.of("event-2", AuditService.MARGIN_CALL, "wallet-2"));

    try (AuditService service = new AuditService(queue, exchange, log::add)) {
      service.start();
      await().until(() -> queue.stats().done() == 2);
    }

    assertThat(calls).containsExactly("addMargin wallet-2", "audit wallet-1", "audit wallet-1");
    assertThat(log).singleElement().asString().startsWith("event-1: TooManyRequests: ");
    assertThat(queue.stats().failed()).isZero();
  }
}
