package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.BatchResult;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.FailureClassifier;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.testkit.server.DevServer;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TimeoutFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All forms of handlers, in lanes under Temporal. */
class HandlersTest {

  private static final Duration SOON = Duration.ofMinutes(2);

  private final String id = "handlers-" + UUID.randomUUID();
  private final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(6_000).perMinute());
  private final Temporal temporal = Temporal.open();
  private final RateLimitClient client = RateLimitClient.of(temporal.client(), id);

  @AfterEach
  void close() {
    temporal.close();
    queue.close();
  }

  private RateLimitWorker start(RateLimitWorker.Builder worker) {
    return worker.taskQueue(id).connect(DevServer.shared().target(), DevServer.NAMESPACE);
  }

  private void publish(String event) {
    queue.publish(AuditEvent.of(event, EventType.NEW_BALANCE_UPDATE, "w"));
  }

  @Test
  void anAsynchronousHandlerIsDoneWhenItsStageIs() {
    Map<String, CompletableFuture<String>> underWay = new ConcurrentHashMap<>();
    List<String> around = new CopyOnWriteArrayList<>();
    publish("good");
    publish("bad");
    RateLimitWorker.Builder builder =
        RateLimitWorker.builder(queue)
            .asyncHandler(
                (event, context) -> {
                  around.add(RateLimitWorker.currentActivity().getInfo().getWorkflowId());
                  CompletableFuture<String> future = new CompletableFuture<>();
                  underWay.put(event.id(), future);
                  return future;
                })
            .interceptor(
                (context, next) -> {
                  around.add("attempt " + context.attempt());
                  return next.proceed();
                });
    try (RateLimitWorker worker = start(builder)) {
      client.start(id, ManagerOptions.round());
      await().atMost(SOON).until(() -> underWay.containsKey("good"));
      assertThat(queue.stats().done()).isZero();

      underWay.get("good").complete("audited");
      await().atMost(SOON).until(() -> underWay.containsKey("bad"));
      underWay
          .get("bad")
          .completeExceptionally(ApplicationFailure.newNonRetryableFailure("hopeless", "Type"));

      RoundReport report = client.result(id, SOON);
      assertThat(report.done()).isEqualTo(1);
      assertThat(report.failed()).as("what Temporal calls permanent is").isEqualTo(1);
      assertThat(around).containsOnly(id, "attempt 1");
      assertThat(worker.isWorking()).isTrue();
    }
  }

  @Test
  void lanesOfAWorkerShareABatch() {
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    IntStream.range(0, 12).forEach(n -> publish("event-" + n));
    RateLimitWorker.Builder builder =
        RateLimitWorker.builder(queue)
            .batchHandler(
                4,
                Duration.ofSeconds(20),
                batch -> {
                  sizes.add(batch.size());
                  return batch.stream().noneMatch(one -> one.event().id().equals("event-7"))
                      ? BatchResult.allDone()
                      : BatchResult.allDone()
                          .withFailure("event-7", new PermanentFailureException("a seven"));
                });
    try (RateLimitWorker worker = start(builder)) {
      client.start(id, ManagerOptions.round().withWorkers(4, 4));

      RoundReport report = client.result(id, SOON);

      assertThat(report.done()).isEqualTo(11);
      assertThat(report.failed()).isEqualTo(1);
      assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(12);
      assertThat(sizes).as("sizes of batches").anyMatch(size -> size > 1);
      assertThat(worker.isWorking()).isTrue();
    }
  }

  @Test
  void lanesHaveVirtualThreadsWhereThereAreAnyAndTheyAreWanted() {
    List<Boolean> virtual = new CopyOnWriteArrayList<>();
    publish("event");
    RateLimitWorker.Builder builder =
        RateLimitWorker.builder(queue)
            .handler(event -> {})
            .virtualThreads()
            .workerOptions(
                options -> virtual.add(options.build().isUsingVirtualThreadsOnActivityWorker()));
    try (RateLimitWorker worker = start(builder)) {
      client.start(id, ManagerOptions.round());

      assertThat(client.result(id, SOON).done()).isEqualTo(1);
      assertThat(virtual).containsExactly(Runtime.version().feature() >= 21);
      assertThat(worker.isWorking()).isTrue();
    }
  }

  @Test
  void aHandlerMayCloseItsWorker() {
    List<RateLimitWorker> self = new CopyOnWriteArrayList<>();
    publish("last");
    RateLimitWorker.Builder builder =
        RateLimitWorker.builder(queue)
            .name(id)
            .shutdownGrace(Duration.ofHours(1))
            .handler(
                event -> {
                  await().until(() -> !self.isEmpty());
                  self.get(0).close();
                });
    self.add(start(builder));
    client.start(id, ManagerOptions.round());

    await().atMost(SOON).until(() -> queue.stats().done() == 1);

    await()
        .atMost(SOON)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith(id + "-")));
    assertThat(self.get(0).isWorking()).isFalse();
  }

  @Test
  void whatTemporalsExceptionsSayIsUnderstood() {
    FailureClassifier standard = FailureClassifier.standard();

    ApplicationFailure later =
        ApplicationFailure.newBuilder()
            .setMessage("later")
            .setType("Type")
            .setNextRetryDelay(Duration.ofSeconds(7))
            .build();
    assertThat(standard.classify(new ExecutionException(later)).retryAfter())
        .contains(Duration.ofSeconds(7));
    assertThat(
            standard
                .classify(
                    new IllegalStateException(
                        ApplicationFailure.newNonRetryableFailure("hopeless", "Type")))
                .reaction())
        .isEqualTo(Failure.Reaction.FAIL);
    assertThat(standard.classify(ApplicationFailure.newFailure("again", "Type")).reaction())
        .isEqualTo(Failure.Reaction.RETRY);
    assertThat(
            standard
                .classify(new TimeoutFailure("late", null, TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE))
                .reaction())
        .isEqualTo(Failure.Reaction.RETRY);
  }
}
