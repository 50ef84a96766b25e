package io.ratelimit.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.QueueException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The metrics that are scraped from a running engine. */
class EngineMetricsTest {

  private static final EventType QUICK =
      EventType.of("QUICK").withProcessingTime(Duration.ofMillis(10));

  /** The allowed tag values; names of operations and activities need no bound. */
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "queue", Set.of("audits"),
          "type", Set.of("QUICK"),
          "priority", Set.of("high", "normal", "low"),
          "state", Set.of("pending", "delayed", "leased", "failed"),
          "constraint", Set.of("rate", "workers", "work"),
          "outcome",
              Set.of(
                  "ok", "unavailable", "error", "done", "retry", "failed", "throttled", "released"),
          "reason",
              Set.of(
                  "IOException", "PermanentFailureException", "PauseEveryoneException", "timeout"));

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final InMemoryEventQueue store =
      InMemoryEventQueue.create(RateLimit.of(1_000).perSecond().withBurst(1_000));

  private static List<AuditEvent> events(String... ids) {
    return Arrays.stream(ids).map(id -> AuditEvent.of(id, QUICK, "wallet-of-" + id)).toList();
  }

  private double scraped(String series) {
    return registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  @Test
  void aRoundIsSeenInTheMetersAndNothingOfItsEventsInTheTags() {
    AtomicInteger refusals = new AtomicInteger(1);
    AuditEventHandler handler =
        event -> {
          switch (event.id()) {
            case "flaky" -> {
              if (refusals.getAndDecrement() > 0) {
                throw new IOException("wallet-of-flaky cannot be reached at 10.0.0.1");
              }
            }
            case "hopeless" -> throw new PermanentFailureException("wallet-of-hopeless is gone");
            default -> {}
          }
        };
    store.publish(events("good", "flaky", "hopeless"));

    try (AuditEngine engine = EmbeddingExample.engine(registry, store, handler)) {
      engine.runRound();
    }

    assertThat(scraped("ratelimit_queue_up{queue=\"audits\"}")).isOne();
    assertThat(scraped("ratelimit_queue_done_events_total{queue=\"audits\"}")).isEqualTo(2);
    assertThat(scraped("ratelimit_queue_events{queue=\"audits\",state=\"failed\"}")).isOne();
    assertThat(scraped("ratelimit_queue_starts_total{queue=\"audits\"}")).isEqualTo(4);
    assertThat(scraped(processing("done"))).isEqualTo(2);
    assertThat(scraped(processing("retry"))).isOne();
    assertThat(scraped(processing("failed"))).isOne();
    assertThat(scraped(failures("IOException"))).isOne();
    assertThat(scraped(failures("PermanentFailureException"))).isOne();
    assertThat(scraped("ratelimit_attempts_running{queue=\"audits\"}")).isZero();
    assertThat(scraped("ratelimit_wait_seconds_count{priority=\"normal\",queue=\"audits\"}"))
        .isEqualTo(3);
    assertThat(scraped("ratelimit_workers_desired{queue=\"audits\"}")).isGreaterThanOrEqualTo(1);
    // A lane may acknowledge an event and take the next with one call.
    assertThat(acknowledging()).isBetween(1L, 2L);
    assertThat(scraped(calls("fail"))).isOne();
    assertThat(scraped(calls("take"))).isGreaterThanOrEqualTo(1);
    assertTagsAreBounded();
  }

  private static String processing(String outcome) {
    return "ratelimit_processing_seconds_count{outcome=\""
        + outcome
        + "\",queue=\"audits\",type=\"QUICK\"}";
  }

  private static String failures(String reason) {
    return "ratelimit_failures_total{queue=\"audits\",reason=\"" + reason + "\",type=\"QUICK\"}";
  }

  private long acknowledging() {
    return Stream.of("ack", "ack-all", "ack-and-take")
        .mapToDouble(operation -> scraped(calls(operation)))
        .filter(count -> !Double.isNaN(count))
        .mapToLong(count -> (long) count)
        .sum();
  }

  private static String calls(String operation) {
    return "ratelimit_queue_calls_seconds_count{operation=\""
        + operation
        + "\",outcome=\"ok\",queue=\"audits\"}";
  }

  private void assertTagsAreBounded() {
    Map<String, Set<String>> values =
        registry.getMeters().stream()
            .flatMap(meter -> meter.getId().getTags().stream())
            .collect(
                Collectors.groupingBy(
                    Tag::getKey,
                    Collectors.mapping(Tag::getValue, Collectors.toCollection(TreeSet::new))));
    assertThat(values.keySet()).contains("type", "reason", "operation");
    values.forEach(
        (key, found) -> {
          if (ALLOWED.containsKey(key)) {
            assertThat(ALLOWED.get(key)).as(key).containsAll(found);
          } else {
            assertThat(key).isIn("operation", "activity");
            assertThat(found).allMatch(value -> value.matches("[a-z-]+"));
          }
        });
  }

  @Test
  void anApiThatPausesEverybodyAndAHandlerThatHangsAreSeenAsSuch() {
    AtomicInteger pauses = new AtomicInteger(1);
    CountDownLatch never = new CountDownLatch(1);
    AttemptMetrics metrics = AttemptMetrics.of(registry, "audits", store.time());
    AuditEngine engine =
        AuditEngine.builder(store)
            .handler(
                event -> {
                  if (event.id().equals("hanging")) {
                    never.await();
                  } else if (pauses.getAndDecrement() > 0) {
                    throw new PauseEveryoneException(Duration.ofMillis(1), "429");
                  }
                })
            .handlerTimeout(Duration.ofMillis(50))
            .listener(metrics)
            .build();
    store.publish(events("paused", "hanging"));

    try (engine) {
      engine.start();
      await()
          .untilAsserted(
              () -> {
                assertThat(scraped(failures("timeout"))).isGreaterThanOrEqualTo(1);
                assertThat(scraped(failures("PauseEveryoneException"))).isOne();
                assertThat(scraped(processing("done"))).isOne();
              });
    }
  }

  @Test
  void whatTheEngineCannotDoIsCountedUnderItsName() {
    Set<String> failing = ConcurrentHashMap.newKeySet();
    failing.addAll(List.of("take", "ack", "ackAll", "ackAndTake"));
    EventQueue queue =
        (EventQueue)
            Proxy.newProxyInstance(
                EventQueue.class.getClassLoader(),
                new Class<?>[] {EventQueue.class},
                (proxy, method, arguments) -> {
                  if (failing.contains(method.getName())) {
                    throw new QueueException("broken");
                  }
                  return method.invoke(store, arguments);
                });
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(event -> {})
            .listener(AttemptMetrics.of(registry, "audits", store.time()))
            .decisionInterval(Duration.ofMillis(10))
            .shutdownGrace(Duration.ZERO)
            .build();
    queue.publish(events("good"));

    try (engine) {
      engine.start();
      await().until(() -> engineFailures("taking") > 0);
      failing.remove("take");
      await().until(() -> engineFailures("settling") > 0);
      failing.add("stats");
      await().until(() -> engineFailures("scaling") > 0);
    }
    assertThat(engineFailures("other")).isZero();
  }

  private double engineFailures(String activity) {
    return scraped(
        "ratelimit_engine_failures_total{activity=\"" + activity + "\",queue=\"audits\"}");
  }
}
