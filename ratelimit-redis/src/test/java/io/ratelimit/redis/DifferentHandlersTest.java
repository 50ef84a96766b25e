package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that handle different event types, as in a rolling upgrade. */
class DifferentHandlersTest {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final EventType OLD = EventType.of("OLD");
  private static final EventType NEW = EventType.of("NEW").withPriority(Priority.HIGH);
  private static final WantedTypes ONLY_OLD = WantedTypes.named(Set.of("OLD"));
  private static final WantedTypes ONLY_NEW = WantedTypes.named(Set.of("NEW"));

  private final String namespace = TestClients.newNamespace();
  private int requests;

  private RedisEventQueue connect() {
    return TestClients.queue(NO_LIMIT).namespace(namespace).connect();
  }

  private static void publish(EventQueue queue, int each) {
    List<AuditEvent> events = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      events.add(AuditEvent.of("new-" + i, NEW, "w"));
      events.add(AuditEvent.of("old-" + i, OLD, "w"));
    }
    queue.publish(events);
  }

  private List<String> take(EventQueue queue, int max, WantedTypes types) {
    TakeResult result =
        queue.take(
            new TakeRequest("request-" + requests++, "worker", max, Duration.ofMinutes(1), types));
    return result instanceof TakeResult.Taken taken
        ? taken.leases().stream().map(lease -> lease.event().id()).toList()
        : List.of();
  }

  private String key(String name) {
    return "{" + namespace + "}:" + name;
  }

  @Test
  void enginesOfThreeVersionsShareTheWork() {
    try (RedisEventQueue first = connect();
        RedisEventQueue second = connect();
        RedisEventQueue third = connect()) {
      Map<String, String> handledBy = new ConcurrentHashMap<>();
      publish(first, 100);
      try (AuditEngine old =
              AuditEngine.builder(first)
                  .handler(
                      OLD,
                      event -> {
                        handledBy.put(event.id(), "old");
                      })
                  .build();
          AuditEngine young =
              AuditEngine.builder(second)
                  .handler(
                      NEW,
                      event -> {
                        handledBy.put(event.id(), "young");
                      })
                  .build()) {
        old.start();
        await().atMost(PATIENCE).until(() -> first.stats().done() == 100);
        assertThat(first.stats().pending()).isEqualTo(100);
        young.start();
        await().atMost(PATIENCE).until(() -> first.stats().done() == 200);
        third.publish(AuditEvent.of("new-last", NEW, "w"));
        third.publish(AuditEvent.of("old-last", OLD, "w"));
        await().atMost(PATIENCE).until(() -> first.stats().done() == 202);
      }

      assertThat(handledBy).hasSize(202);
      handledBy.forEach(
          (id, engine) -> assertThat(engine).isEqualTo(id.startsWith("new") ? "young" : "old"));
      QueueStats stats = first.stats();
      assertThat(stats.starts()).isEqualTo(202);
      assertThat(stats.failed()).isZero();
      assertThat(stats.setAside()).isEmpty();
      assertThat(stats.isConserved()).isTrue();
    }
  }

  /** Takes share a call only if they want the same types. */
  @Test
  void enginesOnOneConnectionGetOnlyWhatTheyHandle() throws Exception {
    try (RedisEventQueue queue = connect()) {
      publish(queue, 300);
      Set<String> wrong = ConcurrentHashMap.newKeySet();
      CountDownLatch done = new CountDownLatch(2);
      for (String name : List.of("OLD", "NEW")) {
        new Thread(
                () -> {
                  for (int n = 0; n < 300; n++) {
                    TakeResult result =
                        queue.take(
                            new TakeRequest(
                                name + n,
                                "worker",
                                1,
                                Duration.ofMinutes(1),
                                WantedTypes.named(Set.of(name))));
                    if (!(result instanceof TakeResult.Taken taken)
                        || !taken.leases().get(0).event().type().name().equals(name)) {
                      wrong.add(name + n + result);
                    }
                  }
                  done.countDown();
                })
            .start();
      }
      done.await();

      assertThat(wrong).isEmpty();
      assertThat(queue.stats().leased()).isEqualTo(600);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"aside", "aside:types"})
  void whatWasSetAsideSurvivesTheLossOfEitherIndex(String lost) {
    try (RedisEventQueue queue = connect()) {
      publish(queue, 700);
      assertThat(take(queue, 1, ONLY_OLD)).containsExactly("old-0");
      TestClients.ask(TestClients.server(), redis -> redis.del(key(lost)));

      assertThat(take(queue, 1, ONLY_OLD)).containsExactly("old-1");
      assertThat(take(queue, 1, ONLY_NEW)).containsExactly("new-0");
      assertThat(queue.stats().isConserved()).isTrue();
      assertThat(queue.stats().setAside().get("NEW").events()).isEqualTo(699);
      assertThat(take(queue, 1_000, WantedTypes.all())).startsWith("new-1", "new-2").hasSize(1_000);
      assertThat(take(queue, 1_000, WantedTypes.all())).hasSize(397).endsWith("old-699");
    }
  }

  @Test
  void typesOfWhichAllWasLostAreNotCounted() {
    VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
    try (RedisEventQueue queue =
        TestClients.queue(NO_LIMIT).namespace(namespace).time(time).connect()) {
      publish(queue, 3);
      assertThat(take(queue, 1, ONLY_OLD)).containsExactly("old-0");
      TestClients.ask(TestClients.server(), redis -> redis.hdel(key("events"), "old-1", "old-2"));

      assertThat(take(queue, 1, ONLY_OLD)).isEmpty();
      time.advance(Duration.ofSeconds(11));
      assertThat(take(queue, 1, ONLY_OLD)).isEmpty();
      assertThat(queue.stats().pendingByType()).containsOnlyKeys(NEW);

      TestClients.ask(TestClients.server(), redis -> redis.del(key("events")));
      assertThat(take(queue, 3, ONLY_NEW)).isEmpty();
      assertThat(TestClients.<Long>ask(TestClients.server(), redis -> redis.exists(key("types"))))
          .isZero();
    }
  }

  @Test
  void othersThatAreSetAsideStayCounted() {
    VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
    try (RedisEventQueue queue =
        TestClients.queue(NO_LIMIT).namespace(namespace).time(time).countedTypes(1).connect()) {
      queue.publish(
          List.of(
              AuditEvent.of("one", EventType.of("ONE"), "w"),
              AuditEvent.of("two", EventType.of("TWO"), "w"),
              AuditEvent.of("three", EventType.of("THREE"), "w")));
      assertThat(take(queue, 1, ONLY_OLD)).isEmpty();
      time.advance(Duration.ofSeconds(11));
      assertThat(take(queue, 1, ONLY_OLD)).isEmpty();

      assertThat(
              TestClients.<List<String>>ask(
                  TestClients.server(), redis -> redis.hvals(key("types"))))
          .containsExactlyInAnyOrder("1", "2");
    }
  }
}
