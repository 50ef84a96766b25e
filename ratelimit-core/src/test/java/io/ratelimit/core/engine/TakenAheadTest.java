package io.ratelimit.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.BatchHandler;
import io.ratelimit.core.handler.BatchResult;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AckedAndTaken;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.ForwardingEventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** While handlers are brief, events are taken ahead: not too many, and none is lost. */
@Timeout(120)
class TakenAheadTest {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(RateLimit.MAX_PERMITS).perSecond().withBurst(10_000);
  private static final EventType TYPE = EventType.of("TEST");
  private static final EventType ASYNC_TYPE = EventType.of("ASYNC");

  /** How many events an engine may hold beyond its lanes. */
  private static final int MOST_AHEAD = 100;

  /** An engine's view of a queue, which can be cut off as if the engine's process had died. */
  private static final class Watched extends ForwardingEventQueue {
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger mostHeld = new AtomicInteger();
    private final AtomicInteger mostAsked = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final Queue<Instant> starts;
    private final Set<String> released = ConcurrentHashMap.newKeySet();
    private volatile boolean isCutOff;
    private volatile Runnable beforeTakes = () -> {};

    Watched(EventQueue queue, Queue<Instant> starts) {
      super(queue);
      this.starts = starts;
    }

    Watched(EventQueue queue) {
      this(queue, new ConcurrentLinkedQueue<>());
    }

    private void requireConnection() {
      if (isCutOff) {
        throw new QueueUnavailableException("cut off", new IllegalStateException("test"));
      }
    }

    private TakeResult taken(TakeRequest request, TakeResult result) {
      calls.incrementAndGet();
      mostAsked.accumulateAndGet(request.maxEvents(), Math::max);
      if (result instanceof TakeResult.Taken taken) {
        taken.leases().forEach(lease -> starts.add(lease.takenAt()));
        int now = held.addAndGet(taken.leases().size());
        mostHeld.accumulateAndGet(now, Math::max);
      }
      return result;
    }

    private Settlement settled(Settlement settlement) {
      held.decrementAndGet();
      return settlement;
    }

    @Override
    public TakeResult take(TakeRequest request) {
      requireConnection();
      return taken(request, super.take(request));
    }

    @Override
    public AckedAndTaken ackAndTake(Collection<Lease> leases, TakeRequest request) {
      if (isCutOff) {
        return new AckedAndTaken(
            List.of(),
            Optional.empty(),
            Optional.of(
                new QueueUnavailableException("cut off", new IllegalStateException("test"))));
      }
      beforeTakes.run();
      // Both happen in one step, so count them in order.
      held.addAndGet(-leases.size());
      AckedAndTaken result = queue().ackAndTake(leases, request);
      result.taken().ifPresent(taken -> taken(request, taken));
      return result;
    }

    @Override
    public Settlement ack(Lease lease) {
      requireConnection();
      return settled(super.ack(lease));
    }

    @Override
    public Settlement retry(Lease lease, Duration delay, String reason) {
      requireConnection();
      return settled(super.retry(lease, delay, reason));
    }

    @Override
    public Settlement release(Lease lease) {
      requireConnection();
      released.add(lease.event().id());
      return settled(super.release(lease));
    }

    @Override
    public Settlement extend(Lease lease, Duration duration) {
      requireConnection();
      return super.extend(lease, duration);
    }
  }

  private static void publish(EventQueue queue, String prefix, int count) {
    publishOf(TYPE, queue, prefix, count);
  }

  private static void publishOf(EventType type, EventQueue queue, String prefix, int count) {
    List<AuditEvent> events = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      events.add(AuditEvent.of(prefix + n, type, "wallet"));
    }
    queue.publish(events);
  }

  private static void note(Set<String> ids, AuditEvent event) {
    assertThat(ids.add(event.id())).isTrue();
  }

  private static AuditEngine.Builder engine(EventQueue queue, int lanes) {
    return AuditEngine.builder(queue).workers(lanes, lanes).deadline(Duration.ofHours(1));
  }

  /** Keeps publishing until the condition holds. */
  private static void drainUntil(EventQueue queue, BooleanSupplier reached) {
    AtomicInteger batches = new AtomicInteger();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              if (queue.stats().unfinished() < 2_000) {
                publish(queue, "batch-" + batches.incrementAndGet() + "-", 2_000);
              }
              return reached.getAsBoolean();
            });
  }

  @Test
  void oneLaneWithAQuickHandlerBringsManyEventsAtOnceAndHandlesThemInOrder() {
    InMemoryEventQueue queue = InMemoryEventQueue.create(NO_LIMIT);
    Watched watched = new Watched(queue);
    List<String> handled = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger atOnce = new AtomicInteger();
    List<Integer> lanes = Collections.synchronizedList(new ArrayList<>());
    EngineListener listener =
        new EngineListener() {
          @Override
          public void attemptStarted(Lease lease, int lane) {
            lanes.add(lane);
          }

          @Override
          public void attemptFinished(
              Lease lease,
              int lane,
              AttemptOutcome outcome,
              Duration processing,
              Settlement settlement) {
            lanes.add(lane);
          }
        };
    publish(queue, "event-", 20_000);
    try (AuditEngine engine =
        engine(watched, 1)
            .listener(listener)
            .handler(
                event -> {
                  assertThat(atOnce.incrementAndGet()).isEqualTo(1);
                  handled.add(event.id());
                  atOnce.decrementAndGet();
                })
            .build()) {
      engine.runRound();
    }

    assertThat(handled).hasSize(20_000).doesNotHaveDuplicates();
    // On a busy machine, a quick handler may be slow once, and the events behind it are released.
    assertThat(handled.stream().filter(id -> !watched.released.contains(id)))
        .extracting(id -> Integer.valueOf(id.substring("event-".length())))
        .isSorted();
    assertThat(lanes).hasSize(40_000).containsOnly(1);
    assertThat(watched.mostHeld.get()).isBetween(3, 1 + MOST_AHEAD);
    assertThat(watched.held).hasValue(0);
    assertThat(queue.stats().done()).isEqualTo(20_000);
  }

  /** An engine whose only lane gets stuck while it holds events ahead. */
  private static final class Stuck implements AutoCloseable {
    private final InMemoryEventQueue queue = InMemoryEventQueue.create(NO_LIMIT);
    private final Watched watched = new Watched(queue);
    private final Semaphore end = new Semaphore(0);
    private final CountDownLatch isStuck = new CountDownLatch(1);
    private final AuditEngine engine;

    Stuck() {
      engine =
          engine(watched, 1)
              .shutdownGrace(Duration.ofSeconds(30))
              .handler(
                  event -> {
                    if (watched.held.get() > 5 && isStuck.getCount() > 0) {
                      isStuck.countDown();
                      end.acquire();
                    }
                  })
              .build();
      engine.start();
      drainUntil(queue, () -> isStuck.getCount() == 0);
    }

    @Override
    public void close() {
      end.release();
      engine.close();
      queue.close();
    }
  }

  @Test
  void whatWaitsBehindAHandlerThatTurnsSlowIsLeftToOthersSoon() {
    try (Stuck stuck = new Stuck()) {
      await().until(() -> stuck.queue.stats().leased() == 1);
      Set<String> elsewhere = ConcurrentHashMap.newKeySet();
      long left = stuck.queue.stats().pending();
      try (AuditEngine other =
          engine(stuck.queue, 1)
              .handler(
                  event -> {
                    note(elsewhere, event);
                  })
              .build()) {
        other.start();
        await().until(() -> stuck.queue.stats().unfinished() == 1);
      }

      assertThat(elsewhere).hasSize((int) left);
      assertThat(stuck.engine.health().runningAttempts()).isEqualTo(1);
      assertThat(stuck.engine.health().reasons()).isEmpty();
    }
  }

  @Test
  void aCloseGivesBackWhatWasTakenAheadAndFinishesTheRest() {
    Stuck stuck = new Stuck();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(stuck.engine::close);
    await().until(() -> stuck.queue.stats().leased() == 1);
    assertThat(closed).as("the handler has its grace").isNotDone();
    long before = stuck.queue.stats().done();

    stuck.close();
    closed.join();

    assertThat(stuck.watched.held).hasValue(0);
    assertThat(before).isPositive();
  }

  /** Returns a blocking and an asynchronous handler that take 1 ms. */
  private static Stream<Consumer<AuditEngine.Builder>> briefHandlers() {
    return Stream.of(
        builder ->
            builder.handler(
                event -> {
                  Thread.sleep(1);
                }),
        builder ->
            builder.asyncHandler(
                event ->
                    new CompletableFuture<>().completeOnTimeout(event, 1, TimeUnit.MILLISECONDS)));
  }

  @ParameterizedTest
  @MethodSource("briefHandlers")
  void whileEventsAreOnTheirWayALaneGoesOn(Consumer<AuditEngine.Builder> handler) {
    try (InMemoryEventQueue queue = InMemoryEventQueue.create(NO_LIMIT)) {
      Watched watched = new Watched(queue);
      AtomicInteger started = new AtomicInteger();
      AtomicInteger mostMeanwhile = new AtomicInteger();
      // A single lane with nothing ahead would be idle during each call.
      watched.beforeTakes =
          () -> {
            int before = started.get();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            mostMeanwhile.accumulateAndGet(started.get() - before, Math::max);
          };
      AuditEngine.Builder builder =
          engine(watched, 1)
              .listener(
                  new EngineListener() {
                    @Override
                    public void attemptStarted(Lease lease, int lane) {
                      started.incrementAndGet();
                    }
                  });
      handler.accept(builder);
      try (AuditEngine engine = builder.build()) {
        engine.start();
        drainUntil(queue, () -> mostMeanwhile.get() > 0);
      }
      assertThat(watched.mostHeld.get()).isBetween(2, 1 + MOST_AHEAD);
      assertThat(watched.held).as("all is settled or given back").hasValue(0);
    }
  }

  private static int mostAskedBy(int lanes, Consumer<AuditEngine.Builder> handler) {
    try (InMemoryEventQueue queue = InMemoryEventQueue.create(NO_LIMIT)) {
      Watched watched = new Watched(queue);
      publish(queue, "event-", 2_000);
      AuditEngine.Builder builder = engine(watched, lanes);
      handler.accept(builder);
      try (AuditEngine engine = builder.build()) {
        engine.runRound();
      }
      assertThat(queue.stats().done()).isEqualTo(2_000);
      return watched.mostAsked.get();
    }
  }

  @Test
  void nothingIsTakenAheadUnderALimitPerWorker() {
    int asked =
        mostAskedBy(
            4,
            builder ->
                builder
                    .limitPerWorker(RateLimit.of(1_000_000).perSecond().withBurst(1_000_000))
                    .handler(event -> {}));
    assertThat(asked).isLessThanOrEqualTo(4);
  }

  @Test
  void nothingIsTakenAheadForBatches() {
    BatchHandler all = batch -> BatchResult.allDone();
    int asked = mostAskedBy(4, builder -> builder.batchHandler(4, Duration.ofMillis(1), all));
    assertThat(asked).isLessThanOrEqualTo(4);
    int mixed =
        mostAskedBy(
            4,
            builder ->
                builder
                    .handler(event -> {})
                    .batchHandler(EventType.of("OTHER"), 4, Duration.ofMillis(1), all));
    assertThat(mixed).isLessThanOrEqualTo(4);
  }

  @Test
  void nothingIsTakenAheadForThreadsOfTheHost() {
    int asked = mostAskedBy(4, builder -> builder.executor(Runnable::run).handler(event -> {}));
    assertThat(asked).isLessThanOrEqualTo(4);
  }

  /** An engine of the property below, with what the property observes. */
  private static final class Worker {
    private final Watched watched;
    private final int lanes;
    private final AuditEngine engine;
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();

    Worker(EventQueue queue, Queue<Instant> starts, Set<String> done, int lanes, long seed) {
      this.watched = new Watched(queue, starts);
      this.lanes = lanes;
      Random random = new Random(seed);
      int millis = random.nextInt(3);
      this.engine =
          engine(watched, lanes)
              .lease(Duration.ofSeconds(1))
              .shutdownGrace(Duration.ofMillis(random.nextInt(20)))
              .retryPolicy(new RetryPolicy(1_000, Duration.ZERO, 1, Duration.ZERO, 0))
              .handler(
                  event -> {
                    begin();
                    try {
                      Thread.sleep(millis);
                      handle(event, new Random(seed ^ event.id().hashCode()), done);
                    } finally {
                      atOnce.decrementAndGet();
                    }
                  })
              .asyncHandler(
                  ASYNC_TYPE,
                  event -> {
                    begin();
                    return new CompletableFuture<>()
                        .completeOnTimeout(event, millis, TimeUnit.MILLISECONDS)
                        .thenRun(() -> done.add(event.id()))
                        .whenComplete((unused, failed) -> atOnce.decrementAndGet());
                  })
              .build();
    }

    private void begin() {
      mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    }

    /** One attempt in 300 is slow; one event in 500 fails the first time. */
    private static void handle(AuditEvent event, Random random, Set<String> done)
        throws InterruptedException {
      if (random.nextInt(300) == 0) {
        Thread.sleep(random.nextInt(25));
      }
      if (random.nextInt(500) == 0 && done.add("failed " + event.id())) {
        throw new RetryAfterException(Duration.ZERO, "on purpose");
      }
      done.add(event.id());
    }
  }

  @Property(tries = 12, shrinking = ShrinkingMode.OFF)
  void whateverEnginesDoEachEventIsHandledAndNoBoundIsExceeded(@ForAll long seed)
      throws InterruptedException {
    Random random = new Random(seed);
    RateLimit limit = RateLimit.of(500 + random.nextInt(5_000)).per(Duration.ofMillis(200));
    Queue<Instant> starts = new ConcurrentLinkedQueue<>();
    Set<String> done = ConcurrentHashMap.newKeySet();
    List<Worker> workers = new ArrayList<>();
    int events = 3_000;
    try (InMemoryEventQueue queue =
        InMemoryEventQueue.create(limit.withBurst(1 + random.nextInt(limit.permits())))) {
      publish(queue, "event-", events / 2);
      publishOf(ASYNC_TYPE, queue, "event-async-", events / 2);
      while (queue.stats().unfinished() > 0) {
        if (workers.stream().filter(each -> !each.watched.isCutOff).count() < 3) {
          Worker worker = new Worker(queue, starts, done, 1 + random.nextInt(5), random.nextLong());
          workers.add(worker);
          worker.engine.start();
        }
        Thread.sleep(random.nextInt(60));
        Worker one = workers.get(random.nextInt(workers.size()));
        if (random.nextBoolean() && queue.stats().unfinished() > 200) {
          // An engine dies or stops gracefully; another replaces it.
          one.watched.isCutOff |= random.nextBoolean();
          one.engine.close();
          one.watched.isCutOff = true;
        }
      }
      workers.forEach(each -> each.engine.close());

      QueueStats stats = queue.stats();
      assertThat(stats.done()).isEqualTo(events);
      assertThat(stats.failed()).isZero();
      assertThat(done.stream().filter(id -> id.startsWith("event-"))).hasSize(events);
      for (Worker each : workers) {
        assertThat(each.mostAtOnce.get()).isLessThanOrEqualTo(each.lanes);
        assertThat(each.watched.mostHeld.get()).isLessThanOrEqualTo(each.lanes + MOST_AHEAD);
      }
      assertThat(stats.starts()).isEqualTo(starts.size());
      assertHeld(limit, starts.stream().sorted().toList());
    }
  }

  private static void assertHeld(RateLimit limit, List<Instant> starts) {
    for (int n = limit.permits(); n < starts.size(); n++) {
      assertThat(Duration.between(starts.get(n - limit.permits()), starts.get(n)))
          .as("from start %d", n)
          .isGreaterThanOrEqualTo(limit.period());
    }
  }
}
