package io.ratelimit.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.list;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.BatchHandler;
import io.ratelimit.core.handler.BatchResult;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers that get several events per call. Nothing here depends on the machine's speed. */
@Timeout(60)
class BatchHandlersTest {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final EventType TYPE = EventType.of("TEST");
  private static final EventType OTHER = EventType.of("OTHER");
  private static final Duration LONG = Duration.ofHours(10);
  private static final Duration WAIT = Duration.ofSeconds(5);

  private final VirtualTime time = VirtualTime.atEpoch();
  private final InMemoryEventQueue queue = InMemoryEventQueue.builder(NO_LIMIT).time(time).build();
  private final Queue<List<String>> batches = new ConcurrentLinkedQueue<>();
  private final Map<String, AttemptOutcome> outcomes = new ConcurrentHashMap<>();
  private final List<AuditEngine> engines = new ArrayList<>();
  private final AtomicInteger joined = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);

  private AuditEngine.Builder builder(int workers) {
    return AuditEngine.builder(queue)
        .retryPolicy(RetryPolicy.NONE)
        .workers(1, workers)
        .scalingPolicy(ScalingPolicy.fixed(workers))
        .interceptor(
            (context, next) -> {
              CompletionStage<?> stage = next.proceed();
              joined.incrementAndGet();
              return stage;
            })
        .listener(
            new EngineListener() {
              @Override
              public void attemptFinished(
                  Lease lease,
                  int lane,
                  AttemptOutcome outcome,
                  Duration processing,
                  Settlement settlement) {
                outcomes.put(lease.event().id(), outcome);
              }
            });
  }

  private AuditEngine start(AuditEngine.Builder builder) {
    AuditEngine engine = builder.build();
    engines.add(engine);
    engine.start();
    return engine;
  }

  private void publish(EventType type, int count) {
    queue.publish(
        IntStream.range(0, count)
            .mapToObj(i -> AuditEvent.of(type.name() + '-' + i, type, "w"))
            .toList());
  }

  private static List<String> ids(List<AttemptContext> batch) {
    return batch.stream().map(attempt -> attempt.event().id()).toList();
  }

  private BatchResult note(List<AttemptContext> batch) {
    batches.add(ids(batch));
    return BatchResult.allDone();
  }

  /** A handler that only an interrupt ends. */
  private BatchResult hang(List<AttemptContext> batch) throws InterruptedException {
    batches.add(ids(batch));
    end.await();
    return BatchResult.allDone();
  }

  /** Advances time only while something waits for it. */
  private void awaitWhileTimeGoesOn(BooleanSupplier condition) {
    await()
        .until(
            () -> {
              time.advance(Duration.ofSeconds(2));
              return condition.getAsBoolean();
            });
  }

  @AfterEach
  void closeEngines() {
    end.countDown();
    engines.forEach(AuditEngine::close);
  }

  @Test
  void aFullBatchIsOneCallAndEachEventHasItsOwnPermit() {
    publish(TYPE, 12);
    start(builder(12).batchHandler(4, Duration.ofHours(1), this::note).handlerTimeout(LONG));

    await().until(() -> queue.stats().done() == 12);
    assertThat(batches).hasSize(3).allMatch(batch -> batch.size() == 4);
    assertThat(queue.stats().starts()).isEqualTo(12);
    assertThat(time.now()).as("no time was waited").isEqualTo(Instant.EPOCH);
  }

  @Test
  void aBatchThatIsNotFullIsHandledWhenItsFirstEventHasWaitedLongEnough() {
    publish(TYPE, 3);
    start(builder(10).batchHandler(10, WAIT, this::note));
    await().until(() -> joined.get() == 3);
    time.advance(WAIT.minusMillis(1));
    publish(OTHER, 1);
    await().until(() -> joined.get() == 4);
    assertThat(batches).isEmpty();

    time.advance(Duration.ofMillis(1));

    await().until(() -> queue.stats().done() == 3);
    assertThat(batches)
        .singleElement(list(String.class))
        .containsExactlyInAnyOrder("TEST-0", "TEST-1", "TEST-2");
    awaitWhileTimeGoesOn(() -> queue.stats().done() == 4);
    assertThat(batches).as("types do not mix").hasSize(2).contains(List.of("OTHER-0"));
  }

  @Test
  void noBatchWaitsForMoreEventsThanThereAreWorkers() {
    publish(TYPE, 8);
    start(builder(4).batchHandler(100, Duration.ofHours(1), this::note).handlerTimeout(LONG));

    await().until(() -> queue.stats().done() == 8);
    assertThat(batches).hasSize(2).allMatch(batch -> batch.size() == 4);
  }

  private void publishOf(String... accounts) {
    int number = 0;
    List<AuditEvent> events = new ArrayList<>();
    for (String account : accounts) {
      AuditEvent event = AuditEvent.of(account + number++, TYPE, "w");
      events.add(account.equals("none") ? event : event.withAttribute("account", account));
    }
    queue.publish(events);
  }

  private static @Nullable String account(AuditEvent event) {
    return event.attribute("account").orElse(null);
  }

  private static String accounts(List<String> batch) {
    return batch.stream()
        .map(id -> id.replaceAll("\\d", ""))
        .distinct()
        .collect(Collectors.joining(" "));
  }

  @Test
  void keysDoNotMix() {
    publishOf("a", "b", "none", "a", "b", "none", "a", "b", "a", "none");
    start(builder(100).batchHandler(3, WAIT, BatchHandlersTest::account, this::note));

    await().until(() -> queue.stats().done() == 9);
    assertThat(batches)
        .hasSize(3)
        .allMatch(batch -> batch.size() == 3)
        .extracting(BatchHandlersTest::accounts)
        .containsExactlyInAnyOrder("a", "b", "none");
    await().until(() -> joined.get() == 10);
    time.advance(WAIT);
    await().until(() -> queue.stats().done() == 10);
    assertThat(batches).hasSize(4).anyMatch(batch -> batch.size() == 1);
  }

  /** With an asynchronous handler, attempts join in the queue's order, and none is lost. */
  @Test
  void whenEachWorkerWaitsTheLargestBatchIsHandled() {
    publishOf("a", "b", "c", "b", "d", "b", "e", "f");
    start(
        builder(4)
            .asyncBatchHandler(
                TYPE,
                3,
                Duration.ofHours(1),
                BatchHandlersTest::account,
                batch -> CompletableFuture.completedFuture(note(batch)))
            .handlerTimeout(LONG));

    await().until(() -> queue.stats().done() >= 5);
    assertThat(time.now()).as("no time was waited").isEqualTo(Instant.EPOCH);
    assertThat(batches).allMatch(batch -> !accounts(batch).contains(" "));
    assertThat(batches.iterator().next()).hasSize(2).allMatch(id -> id.startsWith("b"));
  }

  @Test
  void aKeyThatCannotBeToldFailsItsEventAlone() {
    publish(TYPE, 2);
    start(
        builder(2)
            .batchHandler(
                2,
                WAIT,
                event -> {
                  if (event.id().equals("TEST-0")) {
                    throw new IllegalStateException("no account");
                  }
                  return "account";
                },
                this::note));

    awaitWhileTimeGoesOn(() -> queue.stats().done() == 1 && queue.stats().failed() == 1);
    assertThat(outcomes.get("TEST-0"))
        .isInstanceOfSatisfying(
            AttemptOutcome.Failed.class,
            failed -> assertThat(failed.reason()).contains("no account"));
    assertThat(batches).containsExactly(List.of("TEST-1"));
  }

  @Test
  void eachEventIsSettledByItsOwnFailure() {
    publish(TYPE, 5);
    BatchHandler some =
        batch ->
            note(batch)
                .withFailure("TEST-1", new PermanentFailureException("no such wallet"))
                .withFailure("TEST-2", new RetryAfterException(Duration.ofHours(2), "later"))
                .withFailure("TEST-3", new IllegalStateException("who knows"));
    start(
        builder(5)
            .batchHandler(TYPE, 5, WAIT, some)
            .retryPolicy(new RetryPolicy(2, Duration.ofHours(1), 1, Duration.ofHours(1), 0)));

    await().until(() -> outcomes.size() == 5);
    assertThat(batches).hasSize(1);
    assertThat(outcomes.get("TEST-0")).isInstanceOf(AttemptOutcome.Done.class);
    assertThat(outcomes.get("TEST-4")).isInstanceOf(AttemptOutcome.Done.class);
    assertThat(outcomes.get("TEST-1"))
        .isInstanceOfSatisfying(
            AttemptOutcome.Failed.class,
            failed -> assertThat(failed.reason()).contains("no such wallet"));
    assertThat(outcomes.get("TEST-2"))
        .isInstanceOfSatisfying(
            AttemptOutcome.Retry.class,
            retry -> assertThat(retry.delay()).isEqualTo(Duration.ofHours(2)));
    assertThat(outcomes.get("TEST-3"))
        .isInstanceOfSatisfying(
            AttemptOutcome.Retry.class,
            retry -> assertThat(retry.failure().kind()).isEqualTo("IllegalStateException"));
    QueueStats stats = queue.stats();
    assertThat(stats.done()).isEqualTo(2);
    assertThat(stats.delayed()).isEqualTo(2);
    assertThat(stats.failed()).isEqualTo(1);
    assertThat(stats.isConserved()).isTrue();
  }

  @Test
  void anExceptionIsTheFailureOfAll() {
    publish(TYPE, 3);
    start(
        builder(3)
            .batchHandler(
                3,
                WAIT,
                batch -> {
                  throw new PauseEveryoneException(Duration.ofHours(5), "429");
                }));

    await().until(() -> outcomes.size() == 3);
    assertThat(outcomes.values()).allMatch(AttemptOutcome.Throttled.class::isInstance);
    assertThat(queue.stats().pending()).isEqualTo(3);
    assertThat(queue.limitControl().settings().pause()).isPresent();
  }

  @Test
  void aResultThatSpeaksOfAnotherEventMakesNoneDone() {
    publish(TYPE, 2);
    start(
        builder(2)
            .batchHandler(
                2,
                WAIT,
                batch ->
                    note(batch)
                        .withFailure("TEST-1", new PermanentFailureException("its own"))
                        .withFailure("wallet-7", new PermanentFailureException("whose?"))));

    await().until(() -> outcomes.size() == 2);
    assertThat(outcomes.get("TEST-0").cause().orElseThrow().reason())
        .contains("wallet-7", "the batch has no such event");
    assertThat(outcomes.get("TEST-1").cause().orElseThrow().reason()).contains("its own");
    assertThat(queue.stats().failed()).isEqualTo(2);
  }

  @Test
  @SuppressWarnings("NullAway") // On purpose: a host may do it anyway.
  void aResultThatIsNullMakesNoneDone() {
    publish(TYPE, 2);
    publish(OTHER, 2);
    start(
        builder(4)
            .batchHandler(TYPE, 2, WAIT, batch -> null)
            .asyncBatchHandler(OTHER, 2, WAIT, batch -> null));

    await().until(() -> outcomes.size() == 4);
    assertThat(outcomes.values())
        .allSatisfy(outcome -> assertThat(outcome.cause().orElseThrow().reason()).contains("null"));
  }

  @Test
  void anAsynchronousBatchLastsUntilItsStageCompletes() {
    publish(TYPE, 2);
    CompletableFuture<BatchResult> result = new CompletableFuture<>();
    start(
        builder(2)
            .asyncBatchHandler(
                2,
                WAIT,
                batch -> {
                  note(batch);
                  return result;
                }));
    await().until(() -> !batches.isEmpty());
    assertThat(queue.stats().leased()).isEqualTo(2);

    result.complete(
        BatchResult.allDone().withFailure("TEST-1", new PermanentFailureException("no")));

    await().until(() -> outcomes.size() == 2);
    assertThat(queue.stats().done()).isEqualTo(1);
    assertThat(queue.stats().failed()).isEqualTo(1);
  }

  @Test
  void aBatchThatTakesTooLongIsBrokenOff() {
    publish(TYPE, 2);
    publish(OTHER, 2);
    CompletableFuture<BatchResult> never = new CompletableFuture<>();
    start(
        builder(4)
            .batchHandler(TYPE, 2, WAIT, this::hang)
            .asyncBatchHandler(
                OTHER,
                2,
                WAIT,
                batch -> {
                  note(batch);
                  return never;
                })
            .handlerTimeout(Duration.ofMinutes(1)));
    await().until(() -> batches.size() == 2);

    time.advance(Duration.ofMinutes(1));

    await().until(() -> outcomes.size() == 4);
    assertThat(outcomes.values())
        .allSatisfy(
            outcome -> assertThat(outcome.cause().orElseThrow().kind()).isEqualTo("timeout"));
    assertThat(never).isCancelled();
    assertThat(end.getCount()).as("an interrupt ended it").isEqualTo(1);
  }

  @Test
  void anEventWhoseLeaseIsLostLeavesTheOthersToTheHandler() {
    publish(TYPE, 3);
    AtomicInteger cancelled = new AtomicInteger();
    start(
        builder(3)
            .batchHandler(
                3,
                WAIT,
                batch -> {
                  batch.forEach(attempt -> attempt.onCancel(cancelled::incrementAndGet));
                  return hang(batch);
                })
            .handlerTimeout(LONG)
            .lease(Duration.ofMinutes(1)));
    await().until(() -> !batches.isEmpty());
    Lease stolen = queue.leases(1).get(0);
    assertThat(queue.fail(stolen, "by hand")).isEqualTo(Settlement.SETTLED);

    awaitWhileTimeGoesOn(() -> cancelled.get() == 1);
    end.countDown();

    await().until(() -> queue.stats().done() == 2);
    assertThat(queue.stats().failed()).isEqualTo(1);
    assertThat(cancelled).hasValue(1);
  }

  @Test
  void leasesAreKeptWhileABatchIsCollectedAndHandled() {
    publish(TYPE, 2);
    start(
        builder(3)
            .batchHandler(3, Duration.ofMinutes(30), this::hang)
            .handlerTimeout(LONG)
            .lease(Duration.ofMinutes(10)));
    await().until(() -> joined.get() == 2);

    for (int third = 0; third < 18; third++) {
      Instant before = queue.leases(1).get(0).expiresAt();
      time.advance(Duration.ofSeconds(200));
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> !before.equals(queue.leases(1).get(0).expiresAt()));
    }
    await().until(() -> !batches.isEmpty());
    end.countDown();

    await().until(() -> queue.stats().done() == 2);
    assertThat(queue.stats().expiredLeases()).isZero();
  }

  @Test
  void whatWaitsForOthersIsHandledAtOnceWhenTheEngineStops() {
    publish(TYPE, 3);
    AuditEngine engine =
        start(builder(10).batchHandler(10, Duration.ofHours(1), this::note).handlerTimeout(LONG));
    await().until(() -> joined.get() == 3);

    engine.close();

    assertThat(queue.stats().done()).isEqualTo(3);
    assertThat(batches).hasSize(1);
  }

  @Test
  void aBatchThatDoesNotEndWithinTheGraceIsGivenBack() {
    publish(TYPE, 3);
    AuditEngine engine =
        start(builder(3).batchHandler(3, WAIT, this::hang).shutdownGrace(Duration.ZERO));
    await().until(() -> !batches.isEmpty());

    engine.close();

    assertThat(queue.stats().pending()).isEqualTo(3);
    assertThat(outcomes.values()).allMatch(AttemptOutcome.Released.class::isInstance);
  }

  @Test
  void anExecutorThatRefusesCostsNoAttempt() {
    publish(TYPE, 2);
    AtomicInteger refusals = new AtomicInteger();
    start(
        builder(2)
            .batchHandler(2, WAIT, this::note)
            .executor(
                task -> {
                  if (refusals.getAndIncrement() == 0) {
                    throw new RejectedExecutionException("full, on purpose");
                  }
                  new Thread(task).start();
                }));

    await().until(() -> queue.stats().done() == 2);
    assertThat(queue.stats().retried()).isZero();
    assertThat(refusals).hasValueGreaterThan(1);
  }

  @Test
  void aBatchThatItsExecutorDoesNotBeginInTimeIsNoFailureOfItsEvents() {
    publish(TYPE, 2);
    List<Runnable> handedOver = new CopyOnWriteArrayList<>();
    start(
        builder(2)
            .batchHandler(2, WAIT, this::note)
            .executor(handedOver::add)
            .lease(Duration.ofHours(1))
            .handlerTimeout(WAIT.multipliedBy(2)));

    await().until(() -> handedOver.size() == 1);
    time.advance(WAIT.multipliedBy(2));

    await().until(() -> handedOver.size() == 2);
    assertThat(queue.stats().retried() + queue.stats().failed()).isZero();
    assertThat(outcomes).hasSize(2);
    assertThat(outcomes.values()).allMatch(AttemptOutcome.Released.class::isInstance);
    assertThat(batches).isEmpty();
    handedOver.forEach(Runnable::run);
    await().until(() -> queue.stats().done() == 2);
  }

  @Test
  void interceptorsSurroundEachEvent() {
    publish(TYPE, 3);
    Queue<String> ended = new ConcurrentLinkedQueue<>();
    AttemptInterceptor interceptor =
        (context, next) ->
            next.proceed().whenComplete((done, failure) -> ended.add(context.event().id()));
    start(builder(3).batchHandler(3, WAIT, this::note).interceptor(interceptor));

    await().until(() -> queue.stats().done() == 3);
    assertThat(ended).containsExactlyInAnyOrder("TEST-0", "TEST-1", "TEST-2");
  }

  @Test
  void aRoundIsOverWhenItsLastBatchIs() {
    publish(TYPE, 5);
    AuditEngine engine = builder(5).batchHandler(2, Duration.ZERO, this::note).build();
    engines.add(engine);

    assertThat(engine.runRound().done()).isEqualTo(5);
    assertThat(batches).as("zero waits for nobody").hasSize(5);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(1).batchHandler(0, WAIT, this::note))
        .withMessage("events of a batch must be 1 to 1000 but are 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(1).batchHandler(1, Duration.ofSeconds(-1), this::note))
        .withMessageContaining("wait for a batch must not be negative");
    assertThatThrownBy(
            () ->
                builder(1)
                    .batchHandler(2, Duration.ofMinutes(1), this::note)
                    .handlerTimeout(Duration.ofMinutes(1))
                    .build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("PT1M for others of their batch");
  }
}
