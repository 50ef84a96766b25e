package io.ratelimit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.transport.ReceiverContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.PublishInterceptor;
import io.ratelimit.micrometer.QueueMetrics;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Health, metrics and traces, with and without Actuator. */
class ObservabilityTest {

  /** By reflection: Spring Boot 3 and 4 have these types in different packages. */
  private record Health(String status, Map<?, ?> details) {
    static Health of(ApplicationContext context) throws ReflectiveOperationException {
      Object health = call(context.getBean("ratelimitHealthIndicator"), "health");
      return new Health(
          call(health, "getStatus").toString(), (Map<?, ?>) call(health, "getDetails"));
    }

    private static Object call(Object target, String name) throws ReflectiveOperationException {
      Method method = target.getClass().getMethod(name);
      method.setAccessible(true);
      return method.invoke(target);
    }
  }

  @Test
  void healthTellsOfQueueLimitAndEngine() {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class)
        .run(
            context -> {
              Health health = Health.of(context);
              assertThat(health.status()).isEqualTo("UP");
              assertThat(health.details().get("limit")).isEqualTo("1000/s");
              assertThat(health.details().get("engine")).isEqualTo("UP");
            });
  }

  @Test
  void healthTellsThatAnotherLimitHolds() {
    Contexts.inMemory()
        .run(
            context -> {
              var unused =
                  context
                      .getBean(EventQueue.class)
                      .limitControl()
                      .changeLimit(RateLimit.of(5).perMinute());
              Health health = Health.of(context);
              assertThat(health.status()).isEqualTo("UP");
              assertThat(health.details().get("limit")).isEqualTo("5/min");
              assertThat(health.details().get("configuredLimit")).isEqualTo("1000/s");
            });
  }

  @Test
  void healthTellsWhatTheQueueNotes() {
    try (LocalRedis redis = LocalRedis.start()) {
      RedisEventQueue.connect(redis.uri(), "noted", RateLimit.of(7).perMinute()).close();
      Contexts.bare()
          .withPropertyValues(
              "ratelimit.limit=20/m",
              "ratelimit.queue.name=noted",
              "ratelimit.redis.url=" + redis.uri())
          .run(
              context -> {
                Health health = Health.of(context);
                assertThat(health.status()).isEqualTo("UP");
                assertThat(health.details().get("notes"))
                    .asInstanceOf(LIST)
                    .singleElement(STRING)
                    .startsWith("the limit is 7/min, set in Redis, and not 20/min");
              });
    }
  }

  @Test
  void healthIsDownWhenTheEngineWasStoppedByOthers() {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class)
        .run(
            context -> {
              context.getBean(AuditEngine.class).stop();
              assertThat(Health.of(context).status()).isEqualTo("DOWN");
            });
  }

  @Test
  void healthIsUnknownBetweenRounds() {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class)
        .withPropertyValues("ratelimit.engine.auto-startup=false")
        .run(context -> assertThat(Health.of(context).status()).isEqualTo("UNKNOWN"));
  }

  @Test
  void healthIsDownWithoutTheQueue() {
    Contexts.inMemory()
        .run(
            context -> {
              context.getBean(EventQueue.class).close();
              assertThat(Health.of(context).status()).isEqualTo("DOWN");
            });
  }

  @Test
  void healthCanBeTurnedOff() {
    Contexts.inMemory()
        .withPropertyValues("management.health.ratelimit.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("ratelimitHealthIndicator"));
  }

  @Test
  void allOfItIsOptional() {
    new ApplicationContextRunner()
        .withPropertyValues("ratelimit.limit=1000/s")
        .withClassLoader(
            new FilteredClassLoader(
                "org.springframework.boot.actuate",
                "org.springframework.boot.autoconfigure.data.redis",
                "org.springframework.boot.data.redis",
                "org.springframework.boot.health",
                "io.micrometer",
                "io.ratelimit.micrometer",
                "io.ratelimit.opentelemetry",
                "io.ratelimit.testkit",
                "io.opentelemetry",
                "io.ratelimit.redis",
                "io.ratelimit.temporal",
                "io.temporal",
                "io.lettuce"))
        .withUserConfiguration(Contexts.StarterAlone.class, Handlers.Method.class)
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(InMemoryEventQueue.class)
                    .hasSingleBean(AuditEngine.class)
                    .doesNotHaveBean("ratelimitHealthIndicator"));
  }

  private static void handleOne(ApplicationContext context, AuditEvent event) {
    EventQueue queue = context.getBean(EventQueue.class);
    var unused = queue.publish(event);
    await().atMost(Contexts.PATIENCE).until(() -> queue.stats().done() == 1);
  }

  @Test
  void metricsAreInTheApplicationsRegistry() {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class)
        .run(
            context -> {
              handleOne(context, AuditEvent.of("1", EventType.of("ANY"), "wallet"));
              MeterRegistry registry = context.getBean(MeterRegistry.class);
              await()
                  .atMost(Contexts.PATIENCE)
                  .until(
                      () ->
                          registry.get("ratelimit.processing").tag("type", "ANY").timer().count()
                              == 1);
              assertThat(registry.get("ratelimit.queue.up").tag("queue", "ratelimit").gauge())
                  .isNotNull();
            });
  }

  @Test
  void metricsCanBeTurnedOff() {
    Contexts.inMemory()
        .withPropertyValues("ratelimit.metrics.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(QueueMetrics.class));
  }

  @Configuration(proxyBeanMethods = false)
  static class Intercepting {
    private final List<String> seen = new CopyOnWriteArrayList<>();

    private PublishInterceptor noting(String name) {
      return (events, next) -> {
        seen.add(name);
        return next.proceed(
            events.stream().map(event -> event.withAttribute(name, "there")).toList());
      };
    }

    @Bean
    @Order(2)
    PublishInterceptor inner() {
      return noting("inner");
    }

    @Bean
    @Order(1)
    PublishInterceptor outer() {
      return noting("outer");
    }
  }

  @Test
  void publicationsAreSurroundedByWhatTheApplicationDefines() {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class, Intercepting.class)
        .run(
            context -> {
              handleOne(context, AuditEvent.of("1", EventType.of("ANY"), "wallet"));
              assertThat(context.getBean(Intercepting.class).seen)
                  .containsExactly("outer", "inner");
              InMemoryEventQueue behind = context.getBean(InMemoryEventQueue.class);
              assertThat(behind.stats().done()).isEqualTo(1);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Tracing {
    private final InMemorySpanExporter exported = InMemorySpanExporter.create();

    @Bean
    OpenTelemetry openTelemetry() {
      return OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exported))
                  .build())
          .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
          .build();
    }
  }

  @Test
  void tracesGoFromThePublisherToTheHandlerWithOpenTelemetry() {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class, Tracing.class)
        .run(
            context -> {
              handleOne(context, AuditEvent.of("1", EventType.of("ANY"), "wallet"));
              InMemorySpanExporter exported = context.getBean(Tracing.class).exported;
              await()
                  .atMost(Contexts.PATIENCE)
                  .untilAsserted(
                      () ->
                          assertThat(exported.getFinishedSpanItems())
                              .extracting(SpanData::getName)
                              .containsExactlyInAnyOrder("publish", "process ANY"));
              assertThat(exported.getFinishedSpanItems())
                  .extracting(SpanData::getTraceId)
                  .containsOnly(exported.getFinishedSpanItems().get(0).getTraceId());
            });
    Contexts.inMemory()
        .withUserConfiguration(Tracing.class)
        .withPropertyValues("ratelimit.observations.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(PublishInterceptor.class));
  }

  @Configuration(proxyBeanMethods = false)
  static class Observing {
    private final List<String> observed = new CopyOnWriteArrayList<>();

    @Bean
    List<String> observed() {
      return observed;
    }

    @Bean
    ObservationHandler<Observation.Context> handler() {
      return new ObservationHandler<>() {
        @Override
        public boolean supportsContext(Observation.Context context) {
          return context.getName().equals("ratelimit.attempt");
        }

        @Override
        public void onStop(Observation.Context context) {
          ReceiverContext<AuditEvent> received = receiver(context);
          observed.add(
              received.getContextualName()
                  + ' '
                  + received.getGetter().get(received.getCarrier(), "traceparent"));
        }
      };
    }

    @SuppressWarnings("unchecked")
    private static ReceiverContext<AuditEvent> receiver(Observation.Context context) {
      return (ReceiverContext<AuditEvent>) context;
    }
  }

  @Test
  void attemptsAreObservedUnderThePublishersTrace() {
    Contexts.inMemory()
        .withUserConfiguration(Handlers.Method.class, Observing.class)
        .run(
            context -> {
              handleOne(
                  context,
                  AuditEvent.of("1", EventType.of("ANY"), "wallet")
                      .withAttribute("traceparent", "00-trace-span-01"));
              await()
                  .atMost(Contexts.PATIENCE)
                  .untilAsserted(
                      () ->
                          assertThat(context.getBean(Observing.class).observed)
                              .containsExactly("audit ANY 00-trace-span-01"));
            });
  }
}
