package io.ratelimit.examples;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.time.Time;
import java.time.Duration;

/**
 * The limits of an exchange: a weight a minute for each address, and orders in ten seconds and a
 * day for each account; and the attempts of a wallet one after the other.
 */
public final class ExchangeLimits {

  static final EventType PLACE_ORDER = EventType.of("PLACE_ORDER");
  private static final RateLimit NEVER_IN_THE_WAY = RateLimit.of(1_000).perSecond();

  // docs/limits.md
  static Limits limits() {
    return Limits.builder()
        .limit("weight", RateLimit.of(6_000).perMinute())
        .limit(
            "orders",
            event -> event.type().equals(PLACE_ORDER) ? event.attributes().get("account") : null,
            RateLimit.of(100).per(Duration.ofSeconds(10)),
            RateLimit.of(200_000).per(Duration.ofDays(1)))
        .cost("weight", event -> event.type().equals(EventType.OPEN_ORDER_DETECTED) ? 40 : 1)
        .maxInFlight("wallet", AuditEvent::walletId, 1)
        .retriesHold("wallet")
        .build();
  }

  // docs/limits.md

  static EventQueue queue(Time time) {
    return InMemoryEventQueue.builder(NEVER_IN_THE_WAY).time(time).limits(limits()).build();
  }

  /** The exchange has banned an account for a while: the others go on. */
  static void banned(EventQueue queue, String account, Duration duration) {
    queue.namedLimitControl().pauseFor(new LimitKey("orders", account), duration);
  }

  private ExchangeLimits() {}
}
