package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.testkit.server.DevServer;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.worker.WorkerFactory;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Workers that close or die while they hold events, against a real server. */
@Execution(ExecutionMode.CONCURRENT)
class WorkersTest {

  private static final Duration LONGER_THAN_A_HEARTBEAT_TIMEOUT = Duration.ofSeconds(13);

  private final String id = "workers-" + UUID.randomUUID();
  private final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(6_000).perMinute());
  private final RateLimitClient client =
      RateLimitClient.connect(DevServer.shared().target(), DevServer.NAMESPACE, id);

  @AfterEach
  void close() {
    client.close();
    queue.close();
  }

  private RateLimitWorker.Builder worker(String name) {
    return RateLimitWorker.builder(queue).taskQueue(id).name(name);
  }

  private static RateLimitWorker connected(RateLimitWorker.Builder worker) {
    return worker.connect(DevServer.shared().target(), DevServer.NAMESPACE);
  }

  private void publishOne() {
    queue.publish(AuditEvent.of("e", EventType.NEW_BALANCE_UPDATE, "w"));
  }

  @Test
  void anEventThatOutlastsTheHeartbeatTimeoutIsFinishedByTheWorkerThatCloses() throws Exception {
    publishOne();
    CountDownLatch begun = new CountDownLatch(1);
    RateLimitWorker closing =
        connected(
            worker("closing")
                .handler(
                    event -> {
                      begun.countDown();
                      boolean unused =
                          new CountDownLatch(1)
                              .await(
                                  LONGER_THAN_A_HEARTBEAT_TIMEOUT.toMillis(),
                                  TimeUnit.MILLISECONDS);
                    }));
    client.start(id, ManagerOptions.round());
    begun.await();
    RateLimitWorker other = connected(worker("other").handler(event -> {}));
    try {
      closing.close();

      assertThat(queue.stats().done()).isEqualTo(1);
      RoundReport report = client.result(id, Duration.ofSeconds(30));
      assertThat(report.done()).isEqualTo(1);
      assertThat(report.attempts()).isEqualTo(1);
      assertThat(queue.stats().starts()).isEqualTo(1);
    } finally {
      other.close();
    }
  }

  @Test
  void eventsThatOnlySomeWorkersHandleAreLeftToThem() {
    EventType newer = EventType.of("NEWER");
    for (int i = 0; i < 5; i++) {
      queue.publish(AuditEvent.of("known-" + i, EventType.NEW_BALANCE_UPDATE, "w"));
      queue.publish(AuditEvent.of("newer-" + i, newer, "w"));
    }
    RateLimitWorker old =
        connected(worker("old").handler(EventType.NEW_BALANCE_UPDATE, event -> {}));
    try {
      client.start(id, ManagerOptions.round());
      await().until(() -> queue.stats().done() == 5);
      await().until(() -> queue.stats().setAside().containsKey(newer.name()));
      assertThat(queue.stats().failed()).isZero();
      assertThat(queue.stats().starts()).isEqualTo(5);

      RateLimitWorker young = connected(worker("young").handler(event -> {}));
      try {
        RoundReport report = client.result(id, Duration.ofMinutes(2));
        assertThat(report.done()).isEqualTo(10);
        assertThat(report.attempts()).isEqualTo(10);
      } finally {
        young.close();
      }
    } finally {
      old.close();
    }
  }

  @Test
  void aClosingWorkerTakesNothingMoreAndGivesBackAfterItsGrace() throws Exception {
    publishOne();
    CountDownLatch begun = new CountDownLatch(1);
    RateLimitWorker closing =
        connected(
            worker("closing")
                .shutdownGrace(Duration.ofMillis(100))
                .handler(
                    event -> {
                      begun.countDown();
                      new CountDownLatch(1).await();
                    }));
    client.start(id, ManagerOptions.round());
    begun.await();
    assertThat(closing.isWorking()).isTrue();

    closing.close();

    assertThat(closing.isWorking()).isFalse();
    assertThat(queue.stats().leased()).isZero();
    assertThat(queue.stats().pending()).isEqualTo(1);
    RateLimitWorker other = connected(worker("other").handler(event -> {}));
    try {
      RoundReport report = client.result(id, Duration.ofSeconds(60));
      assertThat(report.done()).isEqualTo(1);
    } finally {
      other.close();
    }
  }

  @Test
  void whatADeadWorkerHeldIsDoneByAnotherOneWithin30Seconds() throws Exception {
    publishOne();
    CountDownLatch begun = new CountDownLatch(1);
    Temporal lifeline = Temporal.open();
    RateLimitWorker dying =
        worker("dying")
            .shutdownGrace(Duration.ZERO)
            .handler(
                event -> {
                  begun.countDown();
                  new CountDownLatch(1).await();
                })
            .start(WorkerFactory.newInstance(lifeline.client()));
    client.start(id, ManagerOptions.round());
    begun.await();
    RateLimitWorker other = connected(worker("other").handler(event -> {}));
    try {
      lifeline.close();

      await().until(() -> queue.stats().done() == 1);
      RoundReport report = client.result(id, Duration.ofSeconds(30));
      assertThat(report.done()).isEqualTo(1);
      assertThat(report.retries()).isEqualTo(1);
      assertThat(report.attempts()).isEqualTo(2);
      assertThat(queue.stats().isConserved()).isTrue();
    } finally {
      other.close();
      dying.close();
    }
  }

  /** A single worker begins lanes without polling; two workers must share them. */
  @Test
  void severalWorkersShareTheLanesThoughOneCouldRunThemAll() {
    int events = 40;
    for (int i = 0; i < events; i++) {
      queue.publish(AuditEvent.of("e" + i, EventType.NEW_BALANCE_UPDATE, "w"));
    }
    AtomicInteger byOne = new AtomicInteger();
    AtomicInteger byTwo = new AtomicInteger();
    RateLimitWorker one =
        connected(
            worker("one")
                .handler(
                    event -> {
                      int unused = byOne.incrementAndGet();
                    })
                .concurrency(20));
    RateLimitWorker two =
        connected(
            worker("two")
                .handler(
                    event -> {
                      int unused = byTwo.incrementAndGet();
                    })
                .concurrency(20));
    try {
      await().until(() -> client.workers().size() == 2);
      client.start(id, ManagerOptions.round().withWorkers(8, 8).withEventsPerActivity(1));
      assertThat(client.result(id, Duration.ofMinutes(2)).done()).isEqualTo(events);
      assertThat(byOne.get()).isPositive();
      assertThat(byTwo.get()).isPositive();
    } finally {
      one.close();
      two.close();
    }
  }

  @Test
  void aWorkerIsAloneUntilThereIsAnother() {
    RateLimitWorker one = connected(worker("one").handler(event -> {}));
    try {
      await().until(() -> client.workers().size() == 1);
      assertThat(isAloneAccordingToDecisions("alone-1")).isTrue();
      RateLimitWorker two = connected(worker("two").handler(event -> {}));
      try {
        await().until(() -> client.workers().size() == 2);
        assertThat(isAloneAccordingToDecisions("alone-2")).isFalse();
      } finally {
        two.close();
      }
    } finally {
      one.close();
    }
  }

  private boolean isAloneAccordingToDecisions(String suffix) {
    String round = id + suffix;
    publishOne();
    client.start(round, ManagerOptions.round());
    assertThat(client.result(round, Duration.ofMinutes(1)).done()).isEqualTo(1);
    try (Temporal temporal = Temporal.open()) {
      return temporal.client().fetchHistory(round).getEvents().stream()
          .filter(HistoryEvent::hasActivityTaskCompletedEventAttributes)
          .map(event -> event.getActivityTaskCompletedEventAttributes().getResult().getPayloads(0))
          .map(payload -> payload.getData().toStringUtf8())
          .filter(result -> result.contains("\"census\""))
          .allMatch(result -> result.contains("\"alone\":true"));
    }
  }

  @Test
  void whatIsToldWhileRunsChangeIsNotLost() {
    int rounds = 12;
    RateLimitWorker worker = connected(worker("only").handler(event -> {}));
    try {
      client.start(
          id,
          ManagerOptions.continuous()
              .withDecisionIntervals(Duration.ofMillis(20), Duration.ofMillis(20))
              .withDecisionsPerRun(1));
      CompletableFuture<Void> updates =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 1; i <= rounds; i++) {
                  LimitSettings unused = client.changeLimit(id, RateLimit.of(i).perSecond());
                }
              });
      for (int i = 0; i < rounds; i++) {
        client.pause(id);
        client.resume(id);
        if (i % 3 == 2) {
          awaitNextRun();
        }
      }
      client.pause(id);
      updates.join();
      client.stop(id);
      var unused = client.result(id, Duration.ofSeconds(30));

      // Every message changed something, and every change has its own version.
      LimitSettings settings = queue.limitControl().settings();
      assertThat(settings.version()).isEqualTo(1 + 3 * rounds + 1);
      assertThat(settings.normal()).isEqualTo(RateLimit.of(rounds).perSecond());
      assertThat(settings.pause()).isPresent();
    } finally {
      worker.close();
    }
  }

  @Test
  void aPauseIsNotHeldUpByARunThatWaitsForItsLanes() throws Exception {
    publishOne();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayFinish = new CountDownLatch(1);
    RateLimitWorker worker =
        connected(
            worker("only")
                .handler(
                    event -> {
                      begun.countDown();
                      mayFinish.await();
                    }));
    try {
      client.start(
          id,
          ManagerOptions.continuous()
              .withDecisionIntervals(Duration.ofMillis(20), Duration.ofMillis(20))
              .withDecisionsPerRun(1));
      begun.await();

      client.pause(id);
      await().until(() -> queue.limitControl().settings().pause().isPresent());
      client.resume(id);
      await().until(() -> queue.limitControl().settings().pause().isEmpty());
      assertThat(queue.stats().leased()).isEqualTo(1);

      mayFinish.countDown();
      awaitNextRun();
      client.stop(id);
      assertThat(client.result(id, Duration.ofSeconds(30)).done()).isEqualTo(1);
    } finally {
      mayFinish.countDown();
      worker.close();
    }
  }

  private void awaitNextRun() {
    int run = client.status(id).runs();
    await().until(() -> client.status(id).runs() > run);
  }
}
