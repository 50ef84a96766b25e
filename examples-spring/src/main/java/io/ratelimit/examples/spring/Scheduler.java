package io.ratelimit.examples.spring;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.EventQueue;
import java.time.Clock;
import java.util.stream.Stream;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

// docs/spring-boot.md
/** Publishes a round of audits. */
@Component
class Scheduler {

  private final EventQueue queue;
  private final Clock clock;

  Scheduler(EventQueue queue, Clock clock) {
    this.queue = queue;
    this.clock = clock;
  }

  @Scheduled(fixedRateString = "${audits.every}")
  void publish() {
    String round = clock.instant().toString();
    queue.publish(
        Stream.of("wallet-1", "wallet-2", "wallet-3")
            .map(wallet -> audit(round + '-' + wallet, wallet))
            .toList());
  }

  private static AuditEvent audit(String id, String wallet) {
    return AuditEvent.of(id, EventType.BALANCE_CHECK_REQUIRED, wallet);
  }
}
// docs/spring-boot.md
