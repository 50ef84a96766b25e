package com.example.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.http.HttpAuditHandler;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What is published works in an application that gets it by coordinates. */
class HostTest {

  @Test
  void walletsAreAuditedOverRedis() throws Exception {
    Queue<String> audited = new ConcurrentLinkedQueue<>();
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (var redis = LocalRedis.start();
        var queue = Host.connect(redis.uri(), RateLimit.of(100).per(Duration.ofSeconds(1)));
        var engine = Host.engine(queue, meters, audited::add)) {
      queue.publish(AuditEvent.of("1", EventType.BALANCE_CHECK_REQUIRED, "wallet-7"));

      assertEquals(1, engine.runRound().done());
    }
    assertEquals("wallet-7", String.join(",", audited));
  }

  @Test
  void theOtherModulesAreThere() {
    assertNotNull(HttpAuditHandler.class.getModule());
    assertNotNull(RateLimitWorker.class.getModule());
  }
}
