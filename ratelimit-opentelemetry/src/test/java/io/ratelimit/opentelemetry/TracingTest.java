package io.ratelimit.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.handler.BatchResult;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.InterceptedEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.testkit.server.DevServer;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The publisher's trace continues in the handler. */
class TracingTest {

  private static final RateLimit LIMIT = RateLimit.of(6_000).perMinute().withBurst(100);
  private static final EventType TYPE = EventType.BALANCE_CHECK_REQUIRED;
  private static final Duration SOON = Duration.ofMinutes(2);

  private final InMemorySpanExporter exported = InMemorySpanExporter.create();
  private final SdkTracerProvider spans =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exported)).build();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(spans)
          .setPropagators(
              ContextPropagators.create(
                  TextMapPropagator.composite(
                      W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())))
          .build();
  private final RateLimitTracing tracing = RateLimitTracing.of(sdk);
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    sdk.close();
  }

  /** Publishes within a span, like a request of the host. */
  @CanIgnoreReturnValue
  private String publishWithin(String name, EventQueue store, AuditEvent... events) {
    Span request = sdk.getTracer("host").spanBuilder(name).startSpan();
    EventQueue queue = InterceptedEventQueue.of(store, tracing.publishInterceptor());
    Context.current().with(request).wrap((Runnable) () -> queue.publish(List.of(events))).run();
    request.end();
    return request.getSpanContext().getTraceId();
  }

  private void handle(AuditEvent event) {
    seen.add(Span.current().getSpanContext().getTraceId());
  }

  private List<SpanData> spansNamed(String name) {
    return exported.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .toList();
  }

  private void assertThatTheTraceGoesOn(String trace) {
    assertThat(seen).containsExactly(trace);
    await().atMost(SOON).until(() -> spansNamed("process BALANCE_CHECK_REQUIRED").size() == 1);
    SpanData publish = spansNamed("publish").get(0);
    SpanData process = spansNamed("process BALANCE_CHECK_REQUIRED").get(0);
    assertThat(publish.getTraceId()).isEqualTo(trace);
    assertThat(publish.getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(process.getTraceId()).isEqualTo(trace);
    assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(process.getParentSpanId()).isEqualTo(publish.getSpanId());
    assertThat(process.getParentSpanContext().isRemote()).isTrue();
    assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(process.getAttributes().get(Names.MESSAGE_ID)).isEqualTo("event");
    assertThat(process.getAttributes().get(Names.ATTEMPT)).isEqualTo(1);
  }

  @Test
  void inMemory() {
    EventQueue store = InMemoryEventQueue.create(LIMIT);
    String trace = publishWithin("request", store, AuditEvent.of("event", TYPE, "w"));
    try (AuditEngine engine = engine(store).handler(this::handle).build()) {
      assertThat(engine.runRound().done()).isEqualTo(1);
    }
    assertThatTheTraceGoesOn(trace);
  }

  private AuditEngine.Builder engine(EventQueue queue) {
    return AuditEngine.builder(queue).interceptor(tracing.attemptInterceptor());
  }

  @Test
  void overRedisFromOneClientToAnother() {
    try (LocalRedis redis = LocalRedis.start();
        RedisEventQueue publisher = RedisEventQueue.connect(redis.uri(), "traced", LIMIT);
        RedisEventQueue worker = RedisEventQueue.connect(redis.uri(), "traced", LIMIT)) {
      String trace = publishWithin("request", publisher, AuditEvent.of("event", TYPE, "w"));
      try (AuditEngine engine = engine(worker).handler(this::handle).build()) {
        assertThat(engine.runRound().done()).isEqualTo(1);
      }
      assertThatTheTraceGoesOn(trace);
    }
  }

  @Test
  void underTemporal() {
    String id = "traced-" + UUID.randomUUID();
    EventQueue store = InMemoryEventQueue.create(LIMIT);
    String trace = publishWithin("request", store, AuditEvent.of("event", TYPE, "w"));
    try (RateLimitWorker worker =
            RateLimitWorker.builder(store)
                .handler(this::handle)
                .interceptor(tracing.attemptInterceptor())
                .taskQueue(id)
                .connect(DevServer.shared().target(), DevServer.NAMESPACE);
        RateLimitClient client =
            RateLimitClient.connect(DevServer.shared().target(), DevServer.NAMESPACE, id)) {
      client.start(id, ManagerOptions.round());
      RoundReport report = client.result(id, SOON);
      assertThat(report.done()).isEqualTo(1);
      assertThat(worker.isWorking()).isTrue();
    }
    assertThatTheTraceGoesOn(trace);
  }

  @Test
  void eachAttemptIsASpanAndOneThatFailedSaysWhy() {
    EventQueue store = InMemoryEventQueue.create(LIMIT);
    String trace = publishWithin("request", store, AuditEvent.of("event", TYPE, "w"));
    AtomicInteger attempts = new AtomicInteger();
    try (AuditEngine engine =
        engine(store)
            .asyncHandler(
                event ->
                    attempts.incrementAndGet() == 1
                        ? CompletableFuture.supplyAsync(
                            () -> {
                              throw new IllegalStateException("the first time");
                            })
                        : CompletableFuture.failedFuture(new PermanentFailureException("for good")))
            .retryPolicy(new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO, 0))
            .build()) {
      assertThat(engine.runRound().failed()).isEqualTo(1);
    }

    List<SpanData> process = spansNamed("process BALANCE_CHECK_REQUIRED");
    assertThat(process)
        .hasSize(2)
        .allMatch(span -> span.getTraceId().equals(trace))
        .allMatch(span -> span.getStatus().getStatusCode() == StatusCode.ERROR)
        .allMatch(span -> span.getEvents().size() == 1)
        .extracting(span -> span.getAttributes().get(Names.ERROR_TYPE))
        .containsExactly(
            IllegalStateException.class.getName(), PermanentFailureException.class.getName());
    assertThat(process)
        .extracting(span -> span.getAttributes().get(Names.ATTEMPT))
        .containsExactly(1L, 2L);
  }

  @Test
  void theEventsOfABatchBelongToTheTracesOfTheirPublishers() {
    EventQueue store = InMemoryEventQueue.create(LIMIT);
    String one = publishWithin("one", store, AuditEvent.of("event-1", TYPE, "w"));
    String two =
        publishWithin(
            "two", store, AuditEvent.of("event-2", TYPE, "w"), AuditEvent.of("event-3", TYPE, "w"));
    try (AuditEngine engine =
        engine(store)
            .batchHandler(3, Duration.ofSeconds(1), batch -> BatchResult.allDone())
            .workers(3, 3)
            .build()) {
      assertThat(engine.runRound().done()).isEqualTo(3);
    }

    assertThat(spansNamed("process BALANCE_CHECK_REQUIRED"))
        .extracting(SpanData::getTraceId)
        .containsExactlyInAnyOrder(one, two, two);
    assertThat(spansNamed("publish"))
        .extracting(span -> span.getAttributes().get(Names.BATCH_SIZE))
        .containsExactly(1L, 2L);
  }

  @Test
  void baggageGoesAlong() {
    EventQueue store = InMemoryEventQueue.create(LIMIT);
    Baggage baggage = Baggage.builder().put("tenant", "t-7").build();
    Context.current()
        .with(baggage)
        .wrap((Runnable) () -> publishWithin("request", store, AuditEvent.of("event", TYPE, "w")))
        .run();
    try (AuditEngine engine =
        engine(store)
            .handler(
                event -> {
                  seen.add(String.valueOf(Baggage.current().getEntryValue("tenant")));
                })
            .build()) {
      assertThat(engine.runRound().done()).isEqualTo(1);
    }
    assertThat(seen).containsExactly("t-7");
  }

  @Test
  void anEventWithoutAContextBeginsATrace() {
    EventQueue store = InMemoryEventQueue.create(LIMIT);
    store.publish(AuditEvent.of("event", TYPE, "w"));
    try (AuditEngine engine = engine(store).handler(this::handle).build()) {
      assertThat(engine.runRound().done()).isEqualTo(1);
    }
    SpanData process = spansNamed("process BALANCE_CHECK_REQUIRED").get(0);
    assertThat(process.getParentSpanContext().isValid()).isFalse();
    assertThat(seen).containsExactly(process.getTraceId());
  }

  @Test
  void anEventThatHasNoRoomForAContextIsPublishedAllTheSame() {
    EventQueue store = InMemoryEventQueue.create(LIMIT);
    AuditEvent full =
        AuditEvent.of("event", TYPE, "w")
            .withPayload(Payload.ofBytes(new byte[AuditEvent.MAX_BYTES - 10]));

    publishWithin("request", store, full);

    assertThat(store.peek(TYPE.priority(), 0, 1).get(0).event()).isEqualTo(full);
  }

  @Test
  void aPublicationThatFailsSaysWhy() {
    EventQueue store = InMemoryEventQueue.create(LIMIT);
    EventQueue queue = InterceptedEventQueue.of(store, tracing.publishInterceptor());
    AuditEvent tooHeavy = AuditEvent.of("event", TYPE, "w").withWeight(100_000);

    assertThat(catchThrowable(() -> queue.publish(tooHeavy)))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(spansNamed("publish"))
        .singleElement()
        .satisfies(
            span -> {
              assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
              assertThat(span.getAttributes().get(Names.ERROR_TYPE))
                  .isEqualTo(IllegalArgumentException.class.getName());
            });
  }

  @Test
  void withoutAnSdkNothingIsAdded() {
    EventQueue store = InMemoryEventQueue.create(LIMIT);
    RateLimitTracing none = RateLimitTracing.of(OpenTelemetry.noop());
    InterceptedEventQueue.of(store, none.publishInterceptor())
        .publish(AuditEvent.of("event", TYPE, "w"));
    assertThat(store.peek(TYPE.priority(), 0, 1).get(0).event().attributes()).isEqualTo(Map.of());
    try (AuditEngine engine =
        AuditEngine.builder(store)
            .handler(this::handle)
            .interceptor(none.attemptInterceptor())
            .build()) {
      assertThat(engine.runRound().done()).isEqualTo(1);
    }
  }
}
