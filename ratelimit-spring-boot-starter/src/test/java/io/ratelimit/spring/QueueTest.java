package io.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The queue that an application gets. */
class QueueTest {

  private static final String PASSWORD = "a-secret";

  private static LocalRedis redis;

  @BeforeAll
  static void startRedis() {
    redis = LocalRedis.start("requirepass " + PASSWORD);
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @Test
  void isInMemoryWithoutAServer() {
    Contexts.bare()
        .withClassLoader(new FilteredClassLoader(RedisEventQueue.class))
        .withPropertyValues("ratelimit.limit=20/m", "ratelimit.queue.name=audits")
        .run(
            context -> {
              EventQueue queue = context.getBean(InMemoryEventQueue.class);
              assertThat(queue.name()).contains("audits");
              assertThat(queue.limitControl().settings().normal())
                  .isEqualTo(RateLimit.of(20).perMinute());
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class ByAccount {
    @Bean
    Limits limits() {
      return Limits.builder()
          .limit("account", AuditEvent::walletId, RateLimit.of(1).perMinute())
          .build();
    }
  }

  private static void assertThatAnAccountHasALimit(ApplicationContext context) {
    EventQueue queue = context.getBean(EventQueue.class);
    queue.publish(
        List.of(
            AuditEvent.of("1", EventType.of("ANY"), "one"),
            AuditEvent.of("2", EventType.of("ANY"), "one"),
            AuditEvent.of("3", EventType.of("ANY"), "another")));
    TakeRequest all = new TakeRequest("request", "worker", 3, Duration.ofMinutes(1));
    TakeResult.Taken taken = (TakeResult.Taken) queue.take(all);
    assertThat(taken.leases()).extracting(lease -> lease.event().id()).containsExactly("1", "3");
  }

  @Test
  void hasTheNamedLimitsOfTheApplication() {
    Contexts.inMemory()
        .withUserConfiguration(ByAccount.class)
        .run(QueueTest::assertThatAnAccountHasALimit);
    Contexts.bare()
        .withUserConfiguration(ByAccount.class, NeverUsed.class)
        .withPropertyValues(
            "ratelimit.limit=1000/s burst 1000",
            "ratelimit.queue.name=byAccount",
            "ratelimit.redis.url=redis://:" + PASSWORD + "@127.0.0.1:" + redis.port())
        .run(QueueTest::assertThatAnAccountHasALimit);
  }

  /** Nobody used the API before. */
  @Configuration(proxyBeanMethods = false)
  static class NeverUsed {
    @Bean
    RedisEventQueueCustomizer neverUsed() {
      return builder -> builder.startUp(RedisEventQueue.StartUp.FULL);
    }
  }

  @Test
  void isWhereTheApplicationsRedisIs() {
    Contexts.bare()
        .withPropertyValues(
            "ratelimit.limit=20/m",
            "ratelimit.emergency-limit=60/m",
            "ratelimit.queue.name=ofApplication",
            "spring.data.redis.port=" + redis.port(),
            "spring.data.redis.database=2",
            "spring.data.redis.password=" + PASSWORD)
        .run(
            context -> {
              RedisEventQueue queue = context.getBean(RedisEventQueue.class);
              var unused = queue.publish(AuditEvent.of("1", EventType.of("ANY"), "wallet"));
              assertThat(queue.limitControl().settings().ceiling())
                  .contains(RateLimit.of(60).perMinute());
            });
    String there = "redis://:" + PASSWORD + "@127.0.0.1:" + redis.port() + "/2";
    try (RedisEventQueue same =
        RedisEventQueue.connect(there, "ofApplication", RateLimit.of(20).perMinute())) {
      assertThat(same.stats().pending()).isEqualTo(1);
    }
  }

  @Test
  void isWhereItsOwnUrlSays() {
    Contexts.bare()
        .withPropertyValues(
            "ratelimit.limit=20/m",
            "ratelimit.redis.url=redis://:" + PASSWORD + "@127.0.0.1:" + redis.port(),
            "spring.data.redis.port=" + Loopback.freePort())
        .run(
            context ->
                assertThat(context.getBean(RedisEventQueue.class).stats().pending()).isZero());
  }

  @Test
  void takesTheLimitOfALaterReleaseAndNotOfAnEarlierOne() {
    limitOf("releases", "20/m", 1, "20/min");
    limitOf("releases", "30/m", 2, "30/min");
    limitOf("releases", "20/m", 1, "30/min");
  }

  private static void limitOf(String name, String configured, int version, String expected) {
    Contexts.bare()
        .withPropertyValues(
            "ratelimit.limit=" + configured,
            "ratelimit.limit-version=" + version,
            "ratelimit.queue.name=" + name,
            "ratelimit.redis.url=redis://:" + PASSWORD + "@127.0.0.1:" + redis.port())
        .run(
            context ->
                assertThat(context.getBean(EventQueue.class).limitControl().settings().normal())
                    .hasToString(expected));
  }

  @Test
  void isChangedByCustomizers() {
    Contexts.bare()
        .withUserConfiguration(Customized.class)
        .withPropertyValues(
            "ratelimit.limit=20/m",
            "ratelimit.redis.url=redis://:" + PASSWORD + "@127.0.0.1:" + redis.port())
        .run(
            context -> assertThat(context.getBean(EventQueue.class).name()).contains("customized"));
  }

  @Configuration(proxyBeanMethods = false)
  static class Customized {
    @Bean
    RedisEventQueueCustomizer customizer() {
      return builder -> builder.namespace("customized");
    }
  }

  @Test
  void isInMemoryWhereThatIsWanted() {
    Contexts.inMemory()
        .withPropertyValues("spring.data.redis.port=" + Loopback.freePort())
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(InMemoryEventQueue.class));
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnQueue {
    @Bean
    EventQueue own() {
      return InMemoryEventQueue.create(RateLimit.of(7).perMinute());
    }
  }

  @Test
  void isTheApplicationsOwnIfItHasOne() {
    Contexts.bare()
        .withUserConfiguration(OwnQueue.class, Handlers.Method.class)
        .run(
            context -> {
              assertThat(context).hasNotFailed().doesNotHaveBean("auditEventQueue");
              assertThat(context.getBean(EventQueue.class).limitControl().settings().normal())
                  .isEqualTo(RateLimit.of(7).perMinute());
            });
  }

  @Test
  void isRefusedWithoutALimit() {
    Contexts.bare()
        .withPropertyValues("ratelimit.queue.store=memory")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .asInstanceOf(THROWABLE)
                    .rootCause()
                    .hasMessageContaining("ratelimit.limit is not set"));
  }

  @Test
  void isRefusedWhereRedisIsWantedAndCannotBe() {
    Contexts.bare()
        .withClassLoader(new FilteredClassLoader(RedisEventQueue.class))
        .withPropertyValues("ratelimit.limit=20/m", "ratelimit.queue.store=redis")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .asInstanceOf(THROWABLE)
                    .rootCause()
                    .hasMessageContaining("no Redis is configured"));
  }
}
