package io.ratelimit.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import java.io.InterruptedIOException;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.client.ExpectedCount;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;

class LimitedRequestsTest {

  private static final String URI = "https://exchange.example/balance";

  private final EventQueue queue =
      InMemoryEventQueue.create(RateLimit.of(2).perHour().withBurst(2));
  private final RateLimiter limiter = RateLimiter.of(queue);
  private final RestClient.Builder builder =
      RestClient.builder().requestInterceptor(new LimitedRequests(limiter));
  private final MockRestServiceServer api = MockRestServiceServer.bindTo(builder).build();
  private final RestClient client = builder.build();

  private String balance() {
    return client.get().uri(URI).retrieve().body(String.class);
  }

  @Test
  void eachRequestTakesAPermit() {
    api.expect(ExpectedCount.twice(), requestTo(URI))
        .andRespond(withSuccess("7", MediaType.TEXT_PLAIN));

    assertThat(balance()).isEqualTo("7");
    assertThat(balance()).isEqualTo("7");

    assertThat(queue.stats().acquiredPermits()).isEqualTo(2);
    api.verify();
  }

  @Test
  void whoIsInterruptedSendsNothing() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(this::balance).hasRootCauseInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(queue.stats().acquiredPermits()).isZero();
  }
}
