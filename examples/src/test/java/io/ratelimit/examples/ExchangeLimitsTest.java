package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExchangeLimitsTest {

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  private static AuditEvent order(String id, String wallet, String account) {
    return AuditEvent.of(id, ExchangeLimits.PLACE_ORDER, wallet).withAttribute("account", account);
  }

  private List<Lease> take(EventQueue queue) {
    TakeResult result =
        queue.take(new TakeRequest("at " + time.now(), "worker", 10, Duration.ofMinutes(1)));
    return result instanceof TakeResult.Taken taken ? taken.leases() : List.of();
  }

  @Test
  void aBannedAccountHoldsUpNoOtherAndAWalletIsInOrder() {
    try (EventQueue queue = ExchangeLimits.queue(time)) {
      queue.publish(order("1", "w1", "banned"));
      queue.publish(order("2", "w2", "good"));
      queue.publish(order("3", "w2", "good"));
      ExchangeLimits.banned(queue, "banned", Duration.ofSeconds(30));

      List<Lease> first = take(queue);
      assertThat(first).extracting(lease -> lease.event().id()).containsExactly("2");
      assertThat(
              queue.namedLimitControl().key(new LimitKey("wallet", "w2")).orElseThrow().inFlight())
          .isEqualTo(1);
      time.advance(Duration.ofSeconds(1));
      assertThat(queue.ack(first.get(0))).isEqualTo(Settlement.SETTLED);
      assertThat(take(queue)).extracting(lease -> lease.event().id()).containsExactly("3");
      time.advance(Duration.ofSeconds(29));
      assertThat(take(queue)).extracting(lease -> lease.event().id()).containsExactly("1");
    }
  }

  @Test
  void aTierHasWindowsOfItsOwnAndALateAuditGetsMoreUpToTheCeiling() {
    try (EventQueue queue = ExchangeLimits.queue(time)) {
      ExchangeLimits.tiersAndEmergency(queue.namedLimitControl());

      NamedLimitSettings orders = queue.namedLimitControl().settings("orders").orElseThrow();
      assertThat(orders.windows("vip-1")).hasSize(1);
      assertThat(orders.windows("vip-7")).containsExactly(RateLimit.of(1).perSecond());
      assertThat(orders.windows("other")).hasSize(2);
      NamedLimitSettings weight = queue.namedLimitControl().settings("weight").orElseThrow();
      assertThat(weight.inForce("", time.now())).containsExactly(RateLimit.of(8_000).perMinute());
      time.advance(Duration.ofMinutes(2));
      assertThat(weight.inForce("", time.now())).containsExactly(RateLimit.of(6_000).perMinute());
    }
  }
}
