package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SharedAddressTest {

  @Test
  void queuesAndOtherCallsDrawFromOneAddress() throws Exception {
    try (LocalRedis redis = LocalRedis.start();
        RedisEventQueue audits = SharedAddress.connect(redis.uri(), "audits");
        RedisEventQueue orders = SharedAddress.connect(redis.uri(), "orders");
        RateLimiter limiter = RateLimiter.of(orders)) {
      audits.publish(AuditEvent.of("1", EventType.BALANCE_CHECK_REQUIRED, "w1"));
      assertThat(audits.take(new TakeRequest("t", "worker", 1, Duration.ofMinutes(1))))
          .isInstanceOf(TakeResult.Taken.class);

      assertThat(SharedAddress.place(limiter, "a1", () -> "placed")).isEqualTo("placed");

      assertThat(orders.namedLimitControl().key(new LimitKey("weight", "")))
          .hasValueSatisfying(weight -> assertThat(weight.held()).containsExactly(6L));
      audits.namedLimitControl().pauseFor(new LimitKey("orders", "a2"), Duration.ofHours(1));
      assertThatThrownBy(() -> SharedAddress.place(limiter, "a2", () -> "placed"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no order of a2 within 10 s");
    }
  }
}
