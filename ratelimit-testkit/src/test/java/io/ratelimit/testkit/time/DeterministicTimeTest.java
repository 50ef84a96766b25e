package io.ratelimit.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.report.RoundReport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real engines and handlers do the same in every run, in almost no real time. */
@Timeout(60)
class DeterministicTimeTest {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute();

  private final DeterministicTime time = DeterministicTime.atEpoch();
  private final EventQueue queue = InMemoryEventQueue.builder(LIMIT).time(time).build();

  /** Records what an engine did, line by line. */
  private static final class Log implements EngineListener {
    private final List<String> lines = new ArrayList<>();
    private final DeterministicTime time;

    Log(DeterministicTime time) {
      this.time = time;
    }

    @Override
    public void attemptStarted(Lease lease, int lane) {
      lines.add(time.now() + " " + lane + " starts " + lease.event().id() + " " + lease.attempt());
    }

    @Override
    public void attemptFinished(
        Lease lease, int lane, AttemptOutcome outcome, Duration processing, Settlement settlement) {
      lines.add(
          time.now() + " " + lane + " " + lease.event().id() + " " + settlement + " " + processing);
    }

    @Override
    public void failed(String activity, Throwable failure) {
      lines.add(time.now() + " " + activity + ": " + failure);
    }
  }

  private static List<AuditEvent> events(int count) {
    List<EventType> types =
        List.of(
            EventType.REBALANCE_NEEDED,
            EventType.OPEN_POSITION_DETECTED,
            EventType.OPEN_ORDER_DETECTED,
            EventType.NEW_BALANCE_UPDATE,
            EventType.BALANCE_CHECK_REQUIRED);
    return IntStream.range(0, count)
        .mapToObj(i -> AuditEvent.of("event-" + i, types.get(i % types.size()), "wallet-" + i))
        .toList();
  }

  /** Every tenth event takes twice as long, every twentieth attempt fails, one takes too long. */
  private static void handle(
      DeterministicTime time, AuditEvent event, int attempt, AtomicInteger calls) throws Exception {
    int call = calls.incrementAndGet();
    if (event.id().equals("event-50") && attempt == 1) {
      time.sleep(Duration.ofHours(1));
    }
    Duration usual = event.type().processingTime();
    time.sleep(event.id().endsWith("7") ? usual.multipliedBy(2) : usual);
    if (call % 20 == 0) {
      throw new IOException("the exchange is away");
    }
  }

  private record Run(RoundReport report, List<String> lines) {}

  private static Run round(Consumer<AuditEngine.Builder> more) {
    DeterministicTime time = DeterministicTime.atEpoch();
    EventQueue queue = InMemoryEventQueue.builder(LIMIT).time(time).build();
    Log log = new Log(time);
    AtomicInteger calls = new AtomicInteger();
    AuditEngine.Builder builder =
        AuditEngine.builder(queue)
            .handler(
                (event, attempt) -> {
                  handle(time, event, attempt.attempt(), calls);
                })
            .deadline(Duration.ofMinutes(8))
            .handlerTimeout(Duration.ofSeconds(30))
            .listener(log);
    more.accept(builder);
    queue.publish(events(108));
    try (AuditEngine engine = builder.build()) {
      return new Run(engine.runRound(), log.lines);
    }
  }

  @Test
  void aRoundOfRealHandlersIsDoneInMuchLessThanItsTime() {
    Instant begin = Instant.now();

    RoundReport report = round(builder -> {}).report();

    assertThat(report.done()).isEqualTo(108);
    assertThat(report.retries()).isPositive();
    assertThat(report.limitHeld()).contains(true);
    assertThat(report.deadlineMet()).isTrue();
    assertThat(report.elapsed()).isGreaterThan(Duration.ofMinutes(5));
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(30));
  }

  @RepeatedTest(5)
  void everyRunIsTheSame() {
    Run one = round(builder -> {});
    Run other = round(builder -> {});

    assertThat(other.lines()).isEqualTo(one.lines()).isNotEmpty();
    assertThat(other.report()).isEqualTo(one.report());
  }

  @Test
  void anExecutorOfTheHostsMakesNoDifference() {
    ExecutorService executor = Executors.newCachedThreadPool();
    try {
      assertThat(round(builder -> builder.executor(executor)).lines())
          .isEqualTo(round(builder -> {}).lines());
    } finally {
      executor.shutdown();
    }
  }

  @RepeatedTest(3)
  void asynchronousHandlersTakeTimeWithoutThreads() {
    AtomicInteger most = new AtomicInteger();
    AtomicInteger running = new AtomicInteger();
    EventQueue wide =
        InMemoryEventQueue.builder(RateLimit.of(2_000).perMinute().withBurst(2_000))
            .time(time)
            .build();
    wide.publish(events(2_000));
    AuditEngine engine =
        AuditEngine.builder(wide)
            .asyncHandler(
                event -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  return CompletableFuture.runAsync(
                      running::decrementAndGet, time.delayedExecutor(Duration.ofSeconds(20)));
                })
            .workers(2_000, 2_000)
            .build();

    RoundReport report = engine.runRound();

    assertThat(report.done()).isEqualTo(2_000);
    assertThat(most).hasValue(2_000);
    assertThat(report.processing().max()).isEqualTo(Duration.ofSeconds(20));
    assertThat(report.elapsed()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void aServiceRunsUntilWhatTheTestWaitsFor() {
    try (AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                event -> {
                  time.sleep(Duration.ofSeconds(4));
                })
            .workers(2, 2)
            .build()) {
      engine.start();
      queue.publish(events(3));
      assertThat(queue.stats().unfinished()).isEqualTo(3);

      time.runUntil(() -> queue.stats().unfinished() == 0, Duration.ofMinutes(1));

      assertThat(time.now()).isEqualTo(Instant.EPOCH.plusSeconds(10));
      assertThatThrownBy(() -> time.runUntil(() -> false, Duration.ofSeconds(7)))
          .isInstanceOf(AssertionError.class)
          .hasMessage("the condition did not hold within PT7S, at 1970-01-01T00:00:17Z");
    }
  }

  @Test
  void aHandlerMayEndItsEngine() {
    AtomicReference<AuditEngine> itself = new AtomicReference<>();
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                event -> {
                  time.sleep(Duration.ofSeconds(1));
                  itself.get().close();
                  time.sleep(Duration.ofSeconds(1));
                })
            .build();
    itself.set(engine);
    queue.publish(events(5));

    RoundReport report = engine.runRound();

    assertThat(report.done()).isEqualTo(1);
    assertThat(report.remaining()).isEqualTo(4);
    assertThat(time.now()).isEqualTo(Instant.EPOCH.plusSeconds(2));
  }

  @Test
  void handlersWaitForPermitsOfTheSameLimit() {
    RateLimiter limiter = RateLimiter.of(queue);
    List<Instant> calls = new ArrayList<>();
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                event -> {
                  limiter.acquire();
                  calls.add(time.now());
                })
            .deadline(Duration.ofMinutes(5))
            .build();
    queue.publish(events(10));

    RoundReport report = engine.runRound();

    assertThat(report.done()).isEqualTo(10);
    assertThat(queue.stats().acquiredPermits()).isEqualTo(10);
    assertThat(calls).isSorted().doesNotHaveDuplicates();
    limiter.close();
  }

  @Test
  void aHandlerWaitsForWhatOthersDo() {
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                event -> {
                  CompletableFuture<String> answer =
                      CompletableFuture.supplyAsync(
                          () -> "answer", time.delayedExecutor(Duration.ofSeconds(3)));
                  assertThat(time.await(answer)).isEqualTo("answer");
                })
            .build();
    queue.publish(events(2));

    assertThat(engine.runRound().done()).isEqualTo(2);
    assertThat(time.now()).isEqualTo(Instant.EPOCH.plusSeconds(6));
  }

  @Test
  void timeStandsStillWhileSomethingTakesRealTime() {
    ExecutorService elsewhere = Executors.newSingleThreadExecutor();
    try {
      AuditEngine engine =
          AuditEngine.builder(queue)
              .asyncHandler(
                  event ->
                      time.standStillUntil(
                          CompletableFuture.supplyAsync(
                              () -> IntStream.range(0, 1_000_000).sum(), elsewhere)))
              .build();
      queue.publish(events(5));

      RoundReport report = engine.runRound();

      assertThat(report.done()).isEqualTo(5);
      assertThat(report.processing().max()).isZero();
      assertThat(report.elapsed()).isEqualTo(Duration.ofSeconds(12));
    } finally {
      elsewhere.shutdown();
    }
  }

  @Test
  void anInterruptEndsARound() {
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                event -> {
                  time.sleep(Duration.ofSeconds(4));
                })
            .build();
    Thread test = Thread.currentThread();
    time.delayedExecutor(Duration.ofSeconds(30)).execute(test::interrupt);
    queue.publish(events(20));

    RoundReport report = engine.runRound();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(report.remaining()).isPositive();
    assertThat(report.elapsed()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void whoBlocksInItsTurnIsNamed() {
    DeterministicTime impatient = new DeterministicTime(Instant.EPOCH, Duration.ofMillis(500));
    EventQueue blocked = InMemoryEventQueue.builder(LIMIT).time(impatient).build();
    CountDownLatch never = new CountDownLatch(1);
    AuditEngine engine =
        AuditEngine.builder(blocked)
            .handler(
                event -> {
                  never.await();
                })
            .build();
    blocked.publish(events(1));

    assertThatThrownBy(engine::runRound)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("thread engine-lane-1 has its turn and blocks without waiting")
        .hasMessageContaining("DeterministicTimeTest.");
    never.countDown();
    engine.close();
  }

  @Test
  void anExecutorThatBeginsNothingIsToldOf() {
    DeterministicTime impatient = new DeterministicTime(Instant.EPOCH, Duration.ofMillis(500));
    EventQueue waiting = InMemoryEventQueue.builder(LIMIT).time(impatient).build();
    List<Runnable> kept = new ArrayList<>();
    AuditEngine engine =
        AuditEngine.builder(waiting)
            .handler(
                event -> {
                  impatient.sleep(Duration.ofSeconds(1));
                })
            .executor(kept::add)
            .build();
    waiting.publish(events(1));

    assertThatThrownBy(engine::runRound)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("an executor has not begun a task");
    new Thread(kept.get(0)).start();
    engine.close();
  }

  @Test
  void whatCannotGoOnIsToldOf() {
    assertThatThrownBy(() -> time.await(new CompletableFuture<String>()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no thread can continue");
  }

  @Test
  void aThreadThatItDoesNotKnowIsRefused() throws Exception {
    time.sleep(Duration.ofSeconds(1));
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread stranger =
        new Thread(
            () -> {
              try {
                time.sleep(Duration.ofSeconds(1));
              } catch (Throwable failure) {
                thrown.set(failure);
              }
            },
            "stranger");
    stranger.start();
    stranger.join();

    assertThat(thrown.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("thread stranger waits for a deterministic time that does not know");
  }

  @Test
  void theClockShowsIt() throws Exception {
    time.sleep(Duration.ofMinutes(2));

    assertThat(time.clock().instant()).isEqualTo(Instant.EPOCH.plusSeconds(120));
  }
}
