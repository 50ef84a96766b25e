package io.ratelimit.examples;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.List;

/**
 * The limits of an exchange: a weight per minute for the address, orders per ten seconds and per
 * day for each account, and the attempts of a wallet one at a time.
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
        .ceiling("weight", RateLimit.of(8_000).perMinute())
        .cost("weight", event -> event.type().equals(EventType.OPEN_ORDER_DETECTED) ? 40 : 1)
        .maxInFlight("wallet", AuditEvent::walletId, 1)
        .retriesHold("wallet")
        .build();
  }

  // docs/limits.md

  static EventQueue queue(Time time) {
    return InMemoryEventQueue.builder(NEVER_IN_THE_WAY).time(time).limits(limits()).build();
  }

  // docs/limits.md
  /** Gives some accounts another tier, and raises a limit while an audit is late. */
  static void tiersAndEmergency(NamedLimitControl limits) {
    List<RateLimit> tier = List.of(RateLimit.of(300).per(Duration.ofSeconds(10)));
    limits.override(new KeyPattern("orders", "vip-*"), tier);
    limits.override(
        KeyPattern.of(new LimitKey("orders", "vip-7")), List.of(RateLimit.of(1).perSecond()));

    List<RateLimit> raised = List.of(RateLimit.of(9_000).perMinute());
    limits.demand(KeyPattern.all("weight"), "late audit", raised, Duration.ofMinutes(2));
  }

  // docs/limits.md

  /** Pauses an account that the exchange has banned for a while; the others continue. */
  static void banned(EventQueue queue, String account, Duration duration) {
    queue.namedLimitControl().pauseFor(new LimitKey("orders", account), duration);
  }

  private ExchangeLimits() {}
}
