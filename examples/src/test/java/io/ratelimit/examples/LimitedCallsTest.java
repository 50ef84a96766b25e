package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LimitedCallsTest {

  private final AtomicInteger calls = new AtomicInteger();
  private HttpServer api;

  @BeforeEach
  void serve() throws IOException {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.createContext(
        "/",
        exchange -> {
          calls.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    api.start();
  }

  @AfterEach
  void stop() {
    api.stop(0);
  }

  @Test
  void otherCallsCountUnderTheLimitOfTheAudits() throws Exception {
    RateLimit limit = RateLimit.of(2).perHour().withBurst(2);
    try (EventQueue queue = InMemoryEventQueue.create(limit);
        RateLimiter limiter = RateLimiter.of(queue)) {
      queue.publish(AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"));
      LimitedCalls client = new LimitedCalls(limiter);
      URI uri = URI.create("http://127.0.0.1:" + api.getAddress().getPort() + "/");
      HttpRequest request = HttpRequest.newBuilder(uri).build();

      assertThat(client.send(request).statusCode()).isEqualTo(200);
      assertThat(client.sendAsync(request, Duration.ZERO).get(30, TimeUnit.SECONDS).statusCode())
          .isEqualTo(200);
      assertThatThrownBy(() -> client.sendAsync(request, Duration.ZERO).get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(IOException.class)
          .hasMessageContaining("no permit within PT0S: NotBefore");

      assertThat(calls).hasValue(2);
      assertThat(queue.take(TakeRequest.one("request", "worker", Duration.ofMinutes(1))))
          .as("the audit waits as well")
          .isInstanceOf(TakeResult.NotBefore.class);
    }
  }
}
