package io.ratelimit.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The application as it is, over a Redis server, and with an exchange that refuses once. */
@SpringBootTest(properties = {"ratelimit.limit=1000/s", "ratelimit.emergency-limit=1000/s"})
@DirtiesContext
class AuditApplicationTest {

  private static final LocalRedis REDIS = LocalRedis.start();

  @DynamicPropertySource
  static void redis(DynamicPropertyRegistry registry) {
    registry.add("spring.data.redis.port", REDIS::port);
  }

  @AfterAll
  static void stopRedis() {
    REDIS.close();
  }

  @TestConfiguration(proxyBeanMethods = false)
  static class FakeExchange implements Exchange {
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final AtomicBoolean refuseOnce = new AtomicBoolean(true);

    @Bean
    @Primary
    Exchange fake() {
      return this;
    }

    @Override
    public void audit(String walletId) throws TooManyRequests {
      if (refuseOnce.getAndSet(false)) {
        throw new TooManyRequests(Duration.ofMillis(50));
      }
      calls.add("audit " + walletId);
    }

    @Override
    public CompletionStage<Void> addMargin(String walletId) {
      calls.add("addMargin " + walletId);
      return CompletableFuture.completedFuture(null);
    }
  }

  @Test
  void auditsWhatItPublishesAndWhatOthersDo(ApplicationContext context) {
    EventQueue queue = context.getBean(EventQueue.class);
    EventTypes types = context.getBean(EventTypes.class);
    FakeExchange exchange = context.getBean(FakeExchange.class);
    queue.publish(AuditEvent.of("from-elsewhere", types.get("MARGIN_CALL"), "wallet-9"));

    await().atMost(Duration.ofSeconds(60)).until(() -> queue.stats().done() == 4);

    assertThat(queue.name()).contains("audits");
    assertThat(exchange.calls)
        .containsExactlyInAnyOrder(
            "audit wallet-1", "audit wallet-2", "audit wallet-3", "addMargin wallet-9");
    assertThat(queue.stats().failed()).isZero();
  }
}
