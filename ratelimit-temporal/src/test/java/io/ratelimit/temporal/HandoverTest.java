package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.testkit.server.DevServer;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Work across runs of the workflow, and with few slots; against a real server. */
@Execution(ExecutionMode.CONCURRENT)
class HandoverTest {

  private static final EventType LONG =
      new EventType("LONG", Priority.HIGH, Duration.ofSeconds(45));
  private static final Duration SOON = Duration.ofSeconds(60);

  private final String id = "handover-" + UUID.randomUUID();
  private final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(6_000).perMinute());
  private final CountDownLatch mayFinish = new CountDownLatch(1);
  private final AtomicInteger atWork = new AtomicInteger();
  private final AtomicInteger mostAtWork = new AtomicInteger();
  private final RateLimitClient client =
      RateLimitClient.connect(DevServer.shared().target(), DevServer.NAMESPACE, id);

  @AfterEach
  void close() {
    mayFinish.countDown();
    client.close();
    queue.close();
  }

  private RateLimitWorker worker(int concurrency) {
    return worker(concurrency, options -> {});
  }

  private RateLimitWorker worker(int concurrency, Consumer<WorkerOptions.Builder> workerOptions) {
    return RateLimitWorker.builder(queue)
        .taskQueue(id)
        .concurrency(concurrency)
        .workerOptions(workerOptions)
        .handler(
            event -> {
              mostAtWork.accumulateAndGet(atWork.incrementAndGet(), Math::max);
              try {
                if (event.type().equals(LONG)) {
                  mayFinish.await();
                }
              } finally {
                atWork.decrementAndGet();
              }
            })
        .connect(DevServer.shared().target(), DevServer.NAMESPACE);
  }

  private void publish(EventType type, int from, int count) {
    queue.publish(
        IntStream.range(from, from + count)
            .mapToObj(n -> AuditEvent.of("e" + n, type, "w"))
            .toList());
  }

  private void awaitRuns(int more) {
    int run = client.status(id).runs();
    await().until(() -> client.status(id).runs() >= run + more);
  }

  /** All other events are done during one long event, so no run waits for it. */
  @Test
  void oneLongEventHoldsUpNothingWhileRunsFollowEachOther() {
    publish(LONG, 0, 1);
    publish(EventType.NEW_BALANCE_UPDATE, 1, 40);
    try (RateLimitWorker worker = worker(5)) {
      assertThat(worker.isWorking()).isTrue();
      client.start(
          id,
          ManagerOptions.round()
              .withDeadline(Duration.ofHours(1))
              .withWorkers(2, 2)
              .withDecisionIntervals(Duration.ofMillis(20), Duration.ofMinutes(1))
              .withDecisionsPerRun(2));
      await().until(() -> queue.stats().done() == 40);
      awaitRuns(2);
      assertThat(queue.stats().leased()).isEqualTo(1);
      publish(EventType.NEW_BALANCE_UPDATE, 41, 10);
      await().until(() -> queue.stats().done() == 50);
      assertThat(client.status(id).workersActive()).isBetween(1, 2);

      mayFinish.countDown();
      RoundReport report = client.result(id, SOON);

      assertThat(report.done()).isEqualTo(51);
      assertThat(report.attempts()).isEqualTo(51);
      assertThat(report.sampled()).isEqualTo(51);
      assertThat(report.remaining()).isZero();
      assertThat(report.notes()).isEmpty();
      // Lanes of earlier runs count, so there are never more than two.
      assertThat(mostAtWork).hasValue(2);
    }
  }

  @Test
  void lanesWithoutASlotAreNeitherCountedNorAFailure() {
    publish(LONG, 0, 3);
    // A worker with the host's own identity does not announce its slots.
    try (RateLimitWorker worker = worker(1, options -> options.setIdentity("the host's own"))) {
      assertThat(worker.isWorking()).isTrue();
      client.start(
          id,
          ManagerOptions.round()
              .withDeadline(Duration.ofHours(1))
              .withWorkers(3, 10)
              .withDecisionIntervals(Duration.ofSeconds(1), Duration.ofMinutes(1)));
      await().until(() -> client.status(id).workersWaiting() > 0);
      ManagerStatus status = client.status(id);
      assertThat(status.workersActive()).isEqualTo(1);
      assertThat(status.workersWanted()).isEqualTo(1);
      assertThat(status.workers().max()).isEqualTo(10);
      await().until(() -> client.status(id).slots().isPresent());
      assertThat(client.status(id).slots()).contains(1);

      mayFinish.countDown();
      RoundReport report = client.result(id, SOON);

      assertThat(report.done()).isEqualTo(3);
      assertThat(mostAtWork).hasValue(1);
    }
  }

  @Test
  void whatOthersDoOnTheQueueIsToldAsSuch() {
    publish(EventType.NEW_BALANCE_UPDATE, 0, 5);
    publish(LONG, 5, 1);
    try (RateLimitWorker worker = worker(1)) {
      assertThat(worker.isWorking()).isTrue();
      client.start(id, ManagerOptions.round().withDeadline(Duration.ofHours(1)).withWorkers(1, 1));
      await().until(() -> atWork.get() == 1);
      try (RateLimitClient others =
              RateLimitClient.connect(
                  DevServer.shared().target(), DevServer.NAMESPACE, id + "-other");
          RateLimitWorker other =
              RateLimitWorker.builder(queue)
                  .taskQueue(id + "-other")
                  .handler(event -> {})
                  .connect(DevServer.shared().target(), DevServer.NAMESPACE)) {
        assertThat(other.isWorking()).isTrue();
        others.start(id + "-other", ManagerOptions.continuous());
        await().until(() -> queue.stats().done() == 5);
        others.stop(id + "-other");
        assertThat(others.result(id + "-other", SOON).done()).isEqualTo(5);
      }
      mayFinish.countDown();
      RoundReport report = client.result(id, SOON);

      assertThat(report.done()).isEqualTo(6);
      assertThat(report.attempts()).isEqualTo(6);
      assertThat(report.sampled()).isEqualTo(1);
      assertThat(report.limitHeld()).as("the queue counted all of them").contains(true);
      assertThat(report.largestWindow()).contains(6L);
      assertThat(report.notes()).anyMatch(note -> note.startsWith("5 of the 6 attempts"));
    }
  }
}
