package io.ratelimit.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.time.Time;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asynchronous handlers, and the context that handlers get. */
@Timeout(60)
class AsyncHandlersTest {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final EventType TYPE =
      EventType.of("TEST").withProcessingTime(Duration.ofSeconds(7));

  private final Time time = Time.accelerated(100);
  private final InMemoryEventQueue queue = InMemoryEventQueue.builder(NO_LIMIT).time(time).build();
  private final Map<String, CompletableFuture<String>> underWay = new ConcurrentHashMap<>();
  private final Queue<AttemptOutcome> outcomes = new ConcurrentLinkedQueue<>();
  private final List<AuditEngine> engines = new ArrayList<>();

  private CompletableFuture<String> begin(AuditEvent event) {
    CompletableFuture<String> future = new CompletableFuture<>();
    underWay.put(event.id(), future);
    return future;
  }

  private AuditEngine.Builder builder() {
    return AuditEngine.builder(queue)
        .retryPolicy(RetryPolicy.NONE)
        .scalingPolicy(ScalingPolicy.fixed(1))
        .listener(
            new EngineListener() {
              @Override
              public void attemptFinished(
                  Lease lease,
                  int lane,
                  AttemptOutcome outcome,
                  Duration processing,
                  Settlement settlement) {
                outcomes.add(outcome);
              }
            });
  }

  private AuditEngine start(AuditEngine.Builder builder) {
    AuditEngine engine = builder.build();
    engines.add(engine);
    engine.start();
    return engine;
  }

  private void publish(int count) {
    queue.publish(
        IntStream.range(0, count).mapToObj(i -> AuditEvent.of("event-" + i, TYPE, "w")).toList());
  }

  @AfterEach
  void closeEngines() {
    underWay.values().forEach(future -> future.complete("over"));
    engines.forEach(AuditEngine::close);
  }

  private static List<String> threadsOf(String engine) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(engine + "-"))
        .toList();
  }

  @Test
  void thousandsAreUnderWayOnAFewThreadsAndEachIsDoneWhenItsStageIs() {
    publish(2_500);
    start(
        builder()
            .asyncHandler(this::begin)
            .workers(1, 2_000)
            .scalingPolicy(ScalingPolicy.fixed(2_000))
            .handlerTimeout(Duration.ofHours(10))
            .lease(Duration.ofHours(1))
            .name("many"));

    await().until(() -> underWay.size() == 2_000);
    assertThat(queue.stats().leased()).isEqualTo(2_000);
    assertThat(queue.stats().done()).as("none is done before its stage is").isZero();
    assertThat(threadsOf("many")).hasSizeLessThan(20);

    await()
        .until(
            () -> {
              underWay.values().forEach(future -> future.complete("done"));
              return queue.stats().done() == 2_500;
            });
    assertThat(threadsOf("many")).hasSizeLessThan(20);
    assertThat(queue.stats().starts()).isEqualTo(2_500);
    assertThat(queue.stats().isConserved()).isTrue();
  }

  @Test
  void aFutureThatIsHandedToTheOtherFormIsWaitedForToo() {
    publish(1);
    start(builder().handler(event -> begin(event)));
    await().until(() -> !underWay.isEmpty());

    underWay.get("event-0").completeExceptionally(new IOException("it was not done"));

    await().until(() -> queue.stats().failed() == 1);
    assertThat(queue.stats().done()).isZero();
  }

  @Test
  void aPauseThatAStageFailsWithHoldsForEverybody() {
    publish(2);
    AtomicInteger calls = new AtomicInteger();
    start(
        builder()
            .asyncHandler(
                event -> {
                  calls.incrementAndGet();
                  return CompletableFuture.supplyAsync(
                      () -> {
                        throw new CompletionException(
                            new PauseEveryoneException(Duration.ofHours(5), "429"));
                      });
                }));

    await().until(() -> !outcomes.isEmpty());

    assertThat(outcomes).hasOnlyElementsOfType(AttemptOutcome.Throttled.class);
    assertThat(queue.stats().limit().isPaused(time.now())).isTrue();
    assertThat(calls).hasValue(1);
  }

  @Test
  void aStageThatTakesTooLongIsCancelledAndItsLeaseHeldUntilThen() {
    publish(1);
    start(
        builder()
            .asyncHandler(this::begin)
            .lease(Duration.ofSeconds(60))
            .handlerTimeout(Duration.ofSeconds(150)));

    await().until(() -> queue.stats().failed() == 1);

    assertThat(underWay.get("event-0")).isCancelled();
    assertThat(outcomes)
        .singleElement()
        .satisfies(
            outcome ->
                assertThat(outcome.cause().orElseThrow().reason())
                    .isEqualTo("no result within PT2M30S"));
    assertThat(outcomes.peek().cause().orElseThrow().kind()).isEqualTo("timeout");
    assertThat(queue.stats().expiredLeases()).isZero();
  }

  @Test
  void aStageThatIgnoresItsCancellationCostsNoLane() {
    publish(2);
    AtomicInteger calls = new AtomicInteger();
    start(
        builder()
            .asyncHandler(
                event ->
                    calls.incrementAndGet() == 1
                        ? new CompletableFuture<String>() {
                          @Override
                          public boolean cancel(boolean mayInterrupt) {
                            return false;
                          }
                        }
                        : CompletableFuture.completedFuture("done"))
            .handlerTimeout(Duration.ofSeconds(10)));

    await().until(() -> queue.stats().done() == 1 && queue.stats().failed() == 1);
  }

  @Test
  void closingCancelsWhatIsUnderWayAndGivesItBack() {
    publish(1);
    AuditEngine engine =
        start(
            builder()
                .asyncHandler(this::begin)
                .name("closing-async")
                .shutdownGrace(Duration.ofSeconds(1)));
    await().until(() -> !underWay.isEmpty());

    engine.close();

    assertThat(underWay.get("event-0")).isCancelled();
    assertThat(queue.stats().pending()).isEqualTo(1);
    assertThat(outcomes).containsExactly(new AttemptOutcome.Released());
    await().until(() -> threadsOf("closing-async").isEmpty());
  }

  @Test
  void theContextTellsOfTheAttemptAndMayExtendIt() {
    List<AttemptContext> contexts = new CopyOnWriteArrayList<>();
    publish(1);
    start(
        builder()
            .handler(
                (event, context) -> {
                  contexts.add(context);
                  if (context.attempt() == 1) {
                    throw new IOException("once more");
                  }
                  assertThatIllegalArgumentException()
                      .isThrownBy(() -> context.extend(Duration.ZERO));
                  assertThat(context.extend(Duration.ofSeconds(1))).isEqualTo(context.deadline());
                  assertThat(context.extend(Duration.ofHours(1))).isAfter(time.now());
                  time.sleep(Duration.ofSeconds(220));
                  assertThat(context.isCancelled()).isFalse();
                })
            .retryPolicy(new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO, 0))
            .lease(Duration.ofSeconds(60))
            .handlerTimeout(Duration.ofSeconds(200)));

    await().until(() -> queue.stats().done() == 1);

    AttemptContext first = contexts.get(0);
    AttemptContext second = contexts.get(1);
    assertThat(second.event()).isEqualTo(first.event());
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(second.expectedTime()).isEqualTo(Duration.ofSeconds(7));
    assertThat(second.publishedAt()).isEqualTo(first.publishedAt());
    assertThat(second.leaseExpiresAt()).as("it was extended").isAfter(first.leaseExpiresAt());
    assertThat(second.idempotencyKey()).isEqualTo(first.idempotencyKey());
    queue.publish(AuditEvent.of("event-0", TYPE, "w"));
    await().until(() -> queue.stats().done() == 2);
    assertThat(contexts.get(2).idempotencyKey()).isNotEqualTo(first.idempotencyKey());
  }

  @Test
  void aCancelledAttemptSaysSoAndDoesWhatItWasToldTo() {
    publish(1);
    List<AttemptContext> contexts = new CopyOnWriteArrayList<>();
    AtomicInteger cancelled = new AtomicInteger();
    CompletableFuture<String> deaf = new CompletableFuture<>();
    start(
        builder()
            .asyncHandler(
                (event, context) -> {
                  contexts.add(context);
                  context.onCancel(
                      () -> {
                        cancelled.incrementAndGet();
                        throw new IllegalStateException("which changes nothing");
                      });
                  context.onCancel(cancelled::incrementAndGet);
                  return deaf.minimalCompletionStage();
                })
            .handlerTimeout(Duration.ofSeconds(10)));

    await().until(() -> queue.stats().failed() == 1);

    assertThat(contexts.get(0).isCancelled()).isTrue();
    await().until(() -> cancelled.get() == 2);
    contexts.get(0).onCancel(cancelled::incrementAndGet);
    await().until(() -> cancelled.get() == 3);
  }

  @Test
  void blockingHandlersRunInTheHostsExecutorWhichStaysOpen() throws InterruptedException {
    ExecutorService executor = Executors.newFixedThreadPool(2, task -> new Thread(task, "hosts"));
    Set<String> threads = ConcurrentHashMap.newKeySet();
    publish(20);
    AuditEngine engine =
        start(
            builder()
                .handler(
                    event -> {
                      threads.add(Thread.currentThread().getName());
                      time.sleep(Duration.ofSeconds(1));
                    })
                .executor(executor)
                .scalingPolicy(ScalingPolicy.fixed(10)));

    await().until(() -> queue.stats().done() == 20);
    engine.close();

    assertThat(threads).containsExactly("hosts");
    assertThat(executor.isShutdown()).isFalse();
    executor.shutdown();
  }

  /** The only thread of a pool hangs, for example: the waiting events are not at fault. */
  @Test
  void anAttemptThatItsExecutorDoesNotBeginInTimeIsNoFailureOfItsEvent() {
    publish(1);
    List<Runnable> handedOver = new CopyOnWriteArrayList<>();
    AtomicInteger calls = new AtomicInteger();
    AuditEngine engine =
        start(
            builder()
                .handler(
                    event -> {
                      calls.incrementAndGet();
                    })
                .executor(handedOver::add)
                .lease(Duration.ofSeconds(60))
                .handlerTimeout(Duration.ofSeconds(100)));

    await()
        .until(
            () ->
                engine.health().reasons().stream()
                    .anyMatch(reason -> reason.startsWith("1 attempts have been waiting for a")));
    await().until(() -> handedOver.size() == 2);
    handedOver.get(0).run();
    assertThat(calls).as("it comes too late").hasValue(0);
    handedOver.get(1).run();

    await().until(() -> queue.stats().done() == 1);
    assertThat(calls).hasValue(1);
    assertThat(queue.stats().retried() + queue.stats().failed()).isZero();
    assertThat(queue.stats().expiredLeases()).isZero();
    assertThat(engine.health().reasons()).noneMatch(reason -> reason.contains("abandoned"));
  }

  /** Runs tasks in the calling thread, like a full pool with a caller-runs policy. */
  @Test
  void anExecutorThatRunsTasksInTheCallingThreadHoldsUpNoOtherLane() {
    publish(4);
    CountDownLatch together = new CountDownLatch(4);
    start(
        builder()
            .handler(
                event -> {
                  together.countDown();
                  together.await();
                })
            .executor(Runnable::run)
            .handlerTimeout(Duration.ofHours(1))
            .scalingPolicy(ScalingPolicy.fixed(4)));

    await().until(() -> queue.stats().done() == 4);
  }

  @Test
  void anExecutorThatRefusesCostsTimeButNoEvent() {
    publish(3);
    AtomicInteger refusals = new AtomicInteger(2);
    start(
        builder()
            .handler(event -> {})
            .executor(
                task -> {
                  if (refusals.getAndDecrement() > 0) {
                    throw new RejectedExecutionException("full");
                  }
                  new Thread(task, "hosts").start();
                })
            .lease(Duration.ofSeconds(60)));

    await().until(() -> queue.stats().done() == 3);
  }

  @Test
  void virtualThreadsAreUsedWhereThereAreAny() {
    publish(1);
    List<Thread> threads = new CopyOnWriteArrayList<>();
    start(
        builder()
            .handler(
                event -> {
                  threads.add(Thread.currentThread());
                })
            .virtualThreads()
            .name("perhaps-virtual"));

    await().until(() -> queue.stats().done() == 1);

    boolean hasThem = Runtime.version().feature() >= 21;
    assertThat(threads.get(0).getThreadGroup().getName().equals("VirtualThreads"))
        .isEqualTo(hasThem);
    assertThat(threads.get(0).getName()).startsWith("perhaps-virtual-lane-");
  }

  @Test
  void aHandlerMayCloseItsEngine() {
    publish(5);
    List<AuditEngine> self = new CopyOnWriteArrayList<>();
    CountDownLatch built = new CountDownLatch(1);
    AuditEngine engine =
        builder()
            .handler(
                event -> {
                  built.await();
                  self.get(0).close();
                })
            .name("closes-itself")
            .shutdownGrace(Duration.ofHours(10))
            .build();
    self.add(engine);
    engine.start();
    built.countDown();

    await().until(() -> threadsOf("closes-itself").isEmpty());

    assertThat(queue.stats().leased()).isZero();
    assertThat(queue.stats().done()).as("the event that it had in hand").isPositive();
    assertThat(queue.stats().done() + queue.stats().pending()).isEqualTo(5);
    assertThat(engine.health().reasons()).containsExactly("closed");
  }

  @Test
  void aListenerMayCloseTheEngineFromItsOwnLoop() {
    List<AuditEngine> self = new CopyOnWriteArrayList<>();
    AuditEngine engine =
        builder()
            .handler(event -> {})
            .listener(
                new EngineListener() {
                  @Override
                  public void decided(
                      io.ratelimit.core.scaling.ScalingDecision decision,
                      io.ratelimit.core.queue.QueueStats stats) {
                    self.forEach(AuditEngine::close);
                  }
                })
            .name("closed-by-listener")
            .build();
    self.add(engine);
    engine.start();

    await().until(() -> threadsOf("closed-by-listener").isEmpty());
  }

  @Test
  void anEngineMayStopAndStartAgain() {
    AuditEngine engine = start(builder().handler(event -> {}).name("again"));
    publish(1);
    await().until(() -> queue.stats().done() == 1);

    engine.stop();
    engine.stop();
    assertThat(engine.health().reasons()).containsExactly("not started");
    await().until(() -> threadsOf("again").isEmpty());
    publish(1);
    assertThat(queue.stats().pending()).isEqualTo(1);

    engine.start();
    await().until(() -> queue.stats().done() == 2);
  }

  @Test
  void aFailureIsLoggedOnceWithItsStackAndWithoutThePayload() {
    PrintStream before = System.err;
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    try {
      queue.publish(
          AuditEvent.of("event-to-log", TYPE, "w").withPayload(Payload.ofText("secret-of-mine")));
      start(
          builder()
              .handler(
                  event -> {
                    throw new IllegalStateException("told-once");
                  }));
      await().until(() -> queue.stats().failed() == 1);
    } finally {
      System.setErr(before);
    }

    String log = logged.toString(StandardCharsets.UTF_8);
    assertThat(log)
        .containsOnlyOnce("attempt 1 at event event-to-log of type TEST failed: ")
        .containsOnlyOnce("java.lang.IllegalStateException: told-once")
        .contains("at io.ratelimit.core.engine.AsyncHandlersTest")
        .contains("given up")
        .doesNotContain("secret-of-mine");
  }
}
