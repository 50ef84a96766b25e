package io.ratelimit.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.engine.FaultyQueue;
import io.ratelimit.core.internal.report.StartCount;
import io.ratelimit.core.internal.simulation.SimulatedApi;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedEvent.PastAttempt;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.Backoff;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.simulation.SimulatedFaults;
import io.ratelimit.core.time.Time;
import io.ratelimit.core.time.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine at work, in time that runs a hundred times faster. */
@Timeout(60)
class AuditEngineTest {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final EventType TYPE =
      EventType.of("TEST").withProcessingTime(Duration.ofMillis(100));
  private static final RetryPolicy QUICK_RETRIES =
      new RetryPolicy(3, Duration.ofMillis(100), 1, Duration.ofMillis(100), 0);

  private final Time time = Time.accelerated(100);
  private final InMemoryEventQueue queue = queue(NO_LIMIT);
  private final List<AuditEngine> engines = new ArrayList<>();

  private InMemoryEventQueue queue(RateLimit limit) {
    return InMemoryEventQueue.builder(limit).time(time).build();
  }

  private static List<AuditEvent> events(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> AuditEvent.of("event-" + i, TYPE, "wallet-" + i))
        .toList();
  }

  private AuditEngine.Builder engine(EventQueue over, AuditEventHandler handler) {
    return AuditEngine.builder(over).handler(handler).retryPolicy(QUICK_RETRIES);
  }

  private AuditEngine build(AuditEngine.Builder builder) {
    AuditEngine engine = builder.build();
    engines.add(engine);
    return engine;
  }

  @AfterEach
  void closeEngines() {
    engines.forEach(AuditEngine::close);
  }

  private static void assertDrained(EventQueue over, long done, long failed) {
    QueueStats stats = over.stats();
    assertThat(stats.isConserved()).isTrue();
    assertThat(stats.unfinished()).isZero();
    assertThat(stats.done()).isEqualTo(done);
    assertThat(stats.failed()).isEqualTo(failed);
  }

  @Test
  void aMixedRoundWithFaultsIsDrainedUnderTheLimit() {
    InMemoryEventQueue limited = queue(RateLimit.of(20).perMinute());
    List<EventType> types = List.copyOf(EventTypes.standard().all());
    limited.publish(
        IntStream.range(0, 108)
            .mapToObj(i -> AuditEvent.of("e" + i, types.get(i % 5), "w" + i))
            .toList());
    SimulatedFaults faults = SimulatedFaults.typical(7);

    RoundReport report =
        build(
                engine(limited, new SimulatedApi(time, faults))
                    .emergencyLimit(RateLimit.of(60).perMinute())
                    .expectations(faults.expectations(3)))
            .runRound();

    assertThat(report.limitHeld()).contains(true);
    assertThat(report.largestLimit()).isLessThanOrEqualTo(60);
    assertThat(report.done() + report.failed() + report.remaining()).isEqualTo(108);
    assertThat(report.attempts()).isEqualTo(limited.stats().starts());
    assertThat(report.decisions().get(0).mode()).isEqualTo(Mode.EMERGENCY);
    assertThat(limited.stats().isConserved()).isTrue();
    assertThat(limited.limitControl().settings().isEmergency(time.now()))
        .as("the emergency is over with the round")
        .isFalse();
  }

  @Test
  void plansCountTheWaitsOfTheRetryPolicy() {
    queue.publish(events(1));
    Queue<Backoff> planned = new ConcurrentLinkedQueue<>();

    build(
            engine(queue, event -> {})
                .scalingPolicy(
                    input -> {
                      planned.add(input.expectations().backoff());
                      return ScalingPolicy.standard().decide(input);
                    }))
        .runRound();

    assertThat(planned).isNotEmpty().containsOnly(QUICK_RETRIES.backoff());
  }

  @Test
  void highPriorityComesFirst() {
    queue.publish(events(3));
    queue.publish(AuditEvent.of("urgent", EventType.REBALANCE_NEEDED, "w"));
    Queue<String> order = new ConcurrentLinkedQueue<>();

    build(engine(queue, event -> order.add(event.id())).scalingPolicy(ScalingPolicy.fixed(1)))
        .runRound();

    assertThat(order).containsExactly("urgent", "event-0", "event-1", "event-2");
  }

  /** Another worker takes the second event while the engine handles the first. */
  @Test
  void aReportIsAboutTheQueueAndSaysWhatOthersDid() {
    queue.publish(events(3));
    TakeRequest other = TakeRequest.one("other", "other", Duration.ofMinutes(1));

    RoundReport report =
        build(
                engine(
                        queue,
                        event -> {
                          if (event.id().equals("event-0")) {
                            TakeResult.Taken taken = (TakeResult.Taken) queue.take(other);
                            assertThat(queue.ack(taken.leases().get(0)))
                                .isEqualTo(Settlement.SETTLED);
                          }
                        })
                    .scalingPolicy(ScalingPolicy.fixed(1)))
            .runRound();

    assertThat(report.done()).isEqualTo(3);
    assertThat(report.attempts()).isEqualTo(3);
    assertThat(report.sampled()).isEqualTo(2);
    assertThat(report.limitHeld()).as("the queue counted theirs, too").contains(true);
    assertThat(report.largestWindow().orElseThrow()).isBetween(1L, 3L);
    assertThat(report.notes())
        .containsExactly("1 of the 3 attempts on the queue were made by others or by lost workers");
    assertThat(report.toString())
        .contains("Sample      2 of 3 attempts", "Notes       1 of the 3 attempts");
  }

  /** The host itself also calls the API while the engine handles the first event. */
  @Test
  void aReportSaysWhatWentToStartsWithoutAnEvent() {
    queue.publish(events(2));

    RoundReport report;
    try (RateLimiter limiter = RateLimiter.of(queue)) {
      report =
          build(
                  engine(
                          queue,
                          event -> {
                            if (event.id().equals("event-0")) {
                              limiter.acquire(3);
                            }
                          })
                      .scalingPolicy(ScalingPolicy.fixed(1)))
              .runRound();
    }

    assertThat(report.done()).isEqualTo(2);
    assertThat(report.attempts()).isEqualTo(2);
    assertThat(report.sampled()).isEqualTo(2);
    assertThat(report.largestWindow().orElseThrow()).isGreaterThanOrEqualTo(3);
    assertThat(report.notes())
        .singleElement()
        .asString()
        .startsWith("3 permits of the limit went to starts without an event");
  }

  @Test
  void anEventThatAlwaysFailsIsRetriedThreeTimesAndStopsNobody() {
    queue.publish(events(10));
    Map<String, Integer> attempts = new ConcurrentHashMap<>();

    RoundReport report =
        build(
                engine(
                    queue,
                    event -> {
                      attempts.merge(event.id(), 1, Integer::sum);
                      if (event.id().equals("event-3")) {
                        throw new IOException("wallet is locked");
                      }
                      if (event.id().equals("event-4")) {
                        throw new AssertionError("an error, not an exception");
                      }
                    }))
            .runRound();

    assertDrained(queue, 8, 2);
    assertThat(attempts).containsEntry("event-3", 4).containsEntry("event-4", 4);
    assertThat(queue.failedQueue().page(0, 10))
        .extracting(FailedEvent::reason)
        .containsExactly(
            "IOException: wallet is locked", "AssertionError: an error, not an exception");
    assertThat(report.retries()).isEqualTo(6);
    assertThat(report.deadlineMet()).isTrue();
  }

  @Test
  void aPermanentFailureIsNotRetried() {
    queue.publish(events(1));

    RoundReport report =
        build(
                engine(
                    queue,
                    event -> {
                      throw new PermanentFailureException("no such wallet");
                    }))
            .runRound();

    assertThat(report.attempts()).isEqualTo(1);
    assertDrained(queue, 0, 1);
  }

  @Test
  void aHandlerSaysWhenToTryAgain() {
    queue.publish(events(1));
    List<Instant> starts = new ArrayList<>();

    build(
            engine(
                queue,
                event -> {
                  starts.add(time.now());
                  if (starts.size() == 1) {
                    throw new RetryAfterException(Duration.ofSeconds(20), "busy");
                  }
                }))
        .runRound();

    assertThat(Duration.between(starts.get(0), starts.get(1)))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(20));
    assertDrained(queue, 1, 0);
  }

  @Test
  void aRefusalByTheApiPausesEverybodyAndDoesNotCountAsAnAttempt() {
    queue.publish(events(5));
    AtomicInteger refusals = new AtomicInteger();
    Queue<Instant> starts = new ConcurrentLinkedQueue<>();
    Queue<Integer> attempts = new ConcurrentLinkedQueue<>();

    RoundReport report =
        build(
                engine(
                        queue,
                        event -> {
                          starts.add(time.now());
                          if (refusals.incrementAndGet() <= 6) {
                            throw new PauseEveryoneException(Duration.ofSeconds(5), "429");
                          }
                        })
                    .deadline(NEVER)
                    .scalingPolicy(ScalingPolicy.fixed(1))
                    .listener(
                        new EngineListener() {
                          @Override
                          public void attemptStarted(Lease lease, int worker) {
                            attempts.add(lease.attempt());
                          }
                        }))
            .runRound();

    assertDrained(queue, 5, 0);
    assertThat(attempts).as("more refusals than retries are allowed").hasSize(11).containsOnly(1);
    assertThat(report.released()).isEqualTo(6);
    List<Instant> inOrder = List.copyOf(starts);
    for (int i = 1; i <= 6; i++) {
      assertThat(Duration.between(inOrder.get(i - 1), inOrder.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    }
  }

  @Test
  void anEventThatKilledItsWorkersFailsAtTheNextAttemptAndItsHandlerIsNotCalled() {
    queue.publish(events(1));
    for (int n = 1; n <= QUICK_RETRIES.maxAttempts(); n++) {
      TakeRequest lost = TakeRequest.one("lost-" + n, "lost", Duration.ofMillis(100));
      await().until(() -> queue.take(lost) instanceof TakeResult.Taken);
    }
    AtomicInteger calls = new AtomicInteger();

    RoundReport report =
        build(
                engine(
                    queue,
                    event -> {
                      calls.incrementAndGet();
                    }))
            .runRound();

    assertThat(calls).hasValue(0);
    assertThat(report.attempts()).isEqualTo(1);
    assertThat(queue.stats().starts()).isEqualTo(5);
    FailedEvent failed = queue.failedQueue().page(0, 1).get(0);
    assertThat(failed.attempts()).isEqualTo(5);
    assertThat(failed.reason()).startsWith("given up at attempt 5 before its handler was called");
    assertThat(failed.history())
        .extracting(PastAttempt::attempt, PastAttempt::reason)
        .containsExactly(
            tuple(1, "its lease expired"),
            tuple(2, "its lease expired"),
            tuple(3, "its lease expired"),
            tuple(4, "its lease expired"),
            tuple(5, failed.reason()));
    assertDrained(queue, 0, 1);
  }

  @Test
  void aHandlerThatTakesTooLongIsInterruptedAndItsEventRetried() {
    queue.publish(events(1));
    AtomicInteger calls = new AtomicInteger();
    AtomicBoolean interrupted = new AtomicBoolean();

    build(
            engine(
                    queue,
                    event -> {
                      if (calls.incrementAndGet() == 1) {
                        try {
                          time.sleep(Duration.ofHours(1));
                        } catch (InterruptedException e) {
                          interrupted.set(true);
                          throw e;
                        }
                      }
                    })
                .handlerTimeout(Duration.ofSeconds(10)))
        .runRound();

    // The interrupted thread may be slow: virtual time does not wait for it.
    await().untilTrue(interrupted);
    assertThat(calls).hasValue(2);
    assertDrained(queue, 1, 0);
  }

  @Test
  void aHandlerThatNeverReturnsCostsAThreadButNoLane() {
    queue.publish(events(3));
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    AuditEngine engine =
        build(
            engine(
                    queue,
                    event -> {
                      if (calls.incrementAndGet() == 1) {
                        awaitIgnoringInterrupts(never);
                      }
                    })
                .handlerTimeout(Duration.ofSeconds(10))
                .scalingPolicy(ScalingPolicy.fixed(1))
                .deadline(Duration.ofMinutes(10)));
    engine.start();

    await().until(() -> queue.stats().done() == 3);

    EngineHealth health = engine.health();
    assertThat(health.status()).isEqualTo(EngineHealth.Status.DEGRADED);
    assertThat(health.reasons()).anyMatch(reason -> reason.contains("abandoned"));
    assertDrained(queue, 3, 0);
    never.countDown();
  }

  private static void awaitIgnoringInterrupts(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException ignored) {
        // Like a handler that ignores interrupts.
        assertThat(latch.getCount()).isPositive();
      }
    }
  }

  @Test
  void aLongEventKeepsItsLease() {
    queue.publish(events(1));
    AtomicInteger calls = new AtomicInteger();

    build(
            engine(
                    queue,
                    event -> {
                      calls.incrementAndGet();
                      time.sleep(Duration.ofSeconds(150));
                    })
                .lease(Duration.ofSeconds(15))
                .handlerTimeout(Duration.ofMinutes(10)))
        .runRound();

    assertThat(calls).hasValue(1);
    assertThat(queue.stats().expiredLeases()).isZero();
    assertDrained(queue, 1, 0);
  }

  @Test
  void closingLetsEventsInHandBeFinished() {
    queue.publish(events(20));
    CountDownLatch started = new CountDownLatch(1);
    AuditEngine engine =
        build(
            engine(
                    queue,
                    event -> {
                      started.countDown();
                      time.sleep(Duration.ofSeconds(5));
                    })
                .scalingPolicy(ScalingPolicy.fixed(2))
                .name("closing"));
    engine.start();
    await().until(() -> started.getCount() == 0);

    engine.close();

    QueueStats stats = queue.stats();
    assertThat(stats.leased()).isZero();
    assertThat(stats.done()).isPositive();
    assertThat(stats.pending()).isPositive();
    assertThat(stats.isConserved()).isTrue();
    assertNoThreadsOf("closing");
    assertThatIllegalStateException().isThrownBy(engine::start);
  }

  @Test
  void closingGivesBackWhatIsNotFinishedInTime() {
    queue.publish(events(1));
    CountDownLatch started = new CountDownLatch(1);
    AuditEngine engine =
        build(
            engine(
                    queue,
                    event -> {
                      started.countDown();
                      time.sleep(Duration.ofHours(1));
                    })
                .handlerTimeout(Duration.ofHours(2))
                .shutdownGrace(Duration.ofSeconds(1)));
    engine.start();
    await().until(() -> started.getCount() == 0);

    engine.close();

    QueueStats stats = queue.stats();
    assertThat(stats.pending()).isEqualTo(1);
    assertThat(stats.leased()).isZero();
    TakeResult again = queue.take(TakeRequest.one("again", "test", Duration.ofSeconds(1)));
    assertThat(((TakeResult.Taken) again).leases().get(0).attempt())
        .as("what was given back does not count")
        .isEqualTo(1);
  }

  private static void assertNoThreadsOf(String engine) {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        Thread.getAllStackTraces().keySet().stream()
                            .map(Thread::getName)
                            .filter(name -> name.startsWith(engine + "-"))
                            .filter(name -> !name.contains("-lane-"))
                            .collect(Collectors.toList()))
                    .isEmpty());
  }

  @Test
  void theDeadlineEndsTheRoundAndLeavesTheRest() {
    InMemoryEventQueue slow = queue(RateLimit.of(1).perMinute());
    slow.publish(events(10));

    RoundReport report =
        build(engine(slow, event -> {}).deadline(Duration.ofSeconds(90))).runRound();

    assertThat(report.deadlineMet()).isFalse();
    assertThat(report.done()).isEqualTo(2);
    assertThat(report.remaining()).isEqualTo(8);
    assertThat(report.toString()).contains("NOT finished").contains("8 left");
    assertThat(slow.stats().isConserved()).isTrue();
  }

  @Test
  void roundsFollowEachOther() {
    AuditEngine engine = build(engine(queue, event -> {}));

    for (int round = 0; round < 3; round++) {
      queue.publish(events(10));
      assertThat(engine.runRound().done()).isEqualTo(10);
    }
    assertThat(engine.runRound().attempts()).as("an empty round ends at once").isZero();
    assertDrained(queue, 30, 0);
  }

  @Test
  void aServiceHandlesWhatIsPublishedLater() {
    AuditEngine engine = build(engine(queue, event -> {}));
    engine.start();
    assertThatIllegalStateException().isThrownBy(engine::runRound);

    queue.publish(events(5));
    await().until(() -> queue.stats().done() == 5);
    queue.publish(events(5));
    await().until(() -> queue.stats().done() == 10);

    assertThat(engine.health().status()).isEqualTo(EngineHealth.Status.UP);
  }

  /** Anything that waits for a timer, such as the next decision, waits forever here. */
  @Test
  void eventsThatComeOneByOneAreDoneThoughNoTimePasses() {
    VirtualTime time = VirtualTime.atEpoch();
    InMemoryEventQueue still =
        InMemoryEventQueue.builder(
                RateLimit.of(RateLimit.MAX_PERMITS).perHour().withBurst(RateLimit.MAX_PERMITS))
            .time(time)
            .build();
    AuditEngine engine = build(engine(still, event -> {}));
    engine.start();
    for (int n = 1; n <= 500; n++) {
      still.publish(AuditEvent.of("event-" + n, TYPE, "wallet"));
      long done = n;
      await().pollInterval(Duration.ofMillis(1)).until(() -> still.stats().done() == done);
    }
    assertThat(time.now()).isEqualTo(Instant.EPOCH);
  }

  /** In real time, threads learn that handlers are quick, and keep events for themselves. */
  @Test
  void aHandlerThatIsSlowAfterManyQuickOnesHoldsUpNobody() {
    InMemoryEventQueue real = InMemoryEventQueue.create(NO_LIMIT);
    int events = 20_000;
    Set<String> handled = ConcurrentHashMap.newKeySet();
    AtomicInteger met = new AtomicInteger();
    AuditEngine engine =
        build(
            engine(
                    real,
                    event -> {
                      int number = handled.add(event.id()) ? handled.size() : 0;
                      if (number > 0 && number % 2_000 == 0) {
                        // Continues only after others that were taken with it.
                        int before = handled.size();
                        while (handled.size() < Math.min(events, before + 20)) {
                          Thread.onSpinWait();
                        }
                        met.incrementAndGet();
                      }
                    })
                .workers(4, 4)
                .deadline(NEVER));
    real.publish(events(events));
    engine.start();

    await().until(() -> real.stats().done() == events);
    assertThat(handled).hasSize(events);
    assertThat(met).hasPositiveValue();
    assertDrained(real, events, 0);
  }

  @Test
  void aStoreThatGoesAwayIsSurvived() {
    FaultyQueue faulty = new FaultyQueue(queue);
    AuditEngine engine =
        build(engine(faulty, event -> time.sleep(Duration.ofSeconds(1))).deadline(NEVER));
    engine.start();
    queue.publish(events(100));
    await().until(() -> queue.stats().done() > 5);

    faulty.setDown(true);
    await().until(() -> engine.health().status() == EngineHealth.Status.DOWN);
    faulty.setDown(false);

    await().until(() -> queue.stats().done() == 100);
    await().until(() -> engine.health().status() == EngineHealth.Status.UP);
    assertDrained(queue, 100, 0);
  }

  @Test
  void anEngineThatCouldNotStartCanBeStartedLater() {
    FaultyQueue faulty = new FaultyQueue(queue);
    AuditEngine engine = build(engine(faulty, event -> {}));
    queue.publish(events(3));

    faulty.setDown(true);
    assertThatExceptionOfType(QueueUnavailableException.class).isThrownBy(engine::runRound);
    faulty.setDown(false);

    assertThat(engine.runRound().done()).isEqualTo(3);
  }

  @Test
  void durationsMayBeForEver() {
    Duration forEver = ChronoUnit.FOREVER.getDuration();
    queue.publish(events(3));

    RoundReport report =
        build(
                engine(queue, event -> time.sleep(Duration.ofMillis(100)))
                    .deadline(forEver)
                    .handlerTimeout(forEver)
                    .lease(forEver)
                    .shutdownGrace(forEver))
            .runRound();

    assertThat(report.done()).isEqualTo(3);
  }

  @Test
  void settingsOutOfRangeAreRefusedAtOnce() {
    AuditEngine.Builder builder = AuditEngine.builder(queue);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.deadline(Duration.ZERO))
        .withMessage("deadline must be more than zero but is PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.handlerTimeout(Duration.ofSeconds(-1)))
        .withMessage("handler timeout must be more than zero but is PT-1S");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.lease(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.decisionInterval(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.shutdownGrace(Duration.ofNanos(-1)))
        .withMessage("shutdown grace must not be negative but is PT-0.000000001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.name(" "))
        .withMessage("name must not be blank but is \" \"");
  }

  @Test
  void anEmergencyLimitThatSlowsTheQueueDownIsRefused() {
    EventQueue fast = InMemoryEventQueue.create(RateLimit.of(60).perMinute());
    AuditEngine.Builder builder =
        AuditEngine.builder(fast).handler(event -> {}).emergencyLimit(RateLimit.of(59).perMinute());

    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessage(
            "emergency limit must be at least as fast as the limit, 60/min, but is 59/min");
    builder.emergencyLimit(RateLimit.of(60).perMinute()).build().close();
  }

  private static final Duration NEVER = Duration.ofDays(1);

  @Test
  void aTakeWhoseAnswerIsLostIsPaidForOnce() {
    FaultyQueue faulty = new FaultyQueue(queue);
    faulty.loseAnswersOfTakes(5);
    queue.publish(events(50));
    AtomicInteger calls = new AtomicInteger();

    build(engine(faulty, event -> calls.incrementAndGet()).lease(Duration.ofHours(1))).runRound();

    assertThat(faulty.hasLostAllAnswers()).isTrue();
    assertThat(calls).hasValue(50);
    assertThat(queue.stats().starts()).isEqualTo(50);
    assertDrained(queue, 50, 0);
  }

  @Test
  void twoEnginesShareTheWorkAndTheLimit() {
    RateLimit limit = RateLimit.of(10).perSecond();
    InMemoryEventQueue shared = queue(limit);
    shared.publish(events(100));
    Queue<StartCount.Start> starts = new ConcurrentLinkedQueue<>();
    EngineListener recorder =
        new EngineListener() {
          @Override
          public void attemptStarted(Lease lease, int worker) {
            starts.add(new StartCount.Start(lease.takenAt(), 1));
          }
        };
    AuditEngine one =
        build(engine(shared, event -> time.sleep(Duration.ofMillis(500))).listener(recorder));
    AuditEngine other =
        build(engine(shared, event -> time.sleep(Duration.ofMillis(500))).listener(recorder));

    one.start();
    other.start();
    await().until(() -> shared.stats().done() == 100);

    List<StartCount.Start> inOrder =
        starts.stream().sorted((a, b) -> a.at().compareTo(b.at())).toList();
    assertThat(StartCount.largestInAny(limit.window(), inOrder)).isLessThanOrEqualTo(10);
    assertDrained(shared, 100, 0);
  }

  @Test
  void aWorkersOwnLimitHolds() {
    queue.publish(events(20));
    Map<Integer, List<Instant>> starts = new ConcurrentHashMap<>();

    build(
            engine(queue, event -> {})
                .scalingPolicy(ScalingPolicy.fixed(2))
                .limitPerWorker(RateLimit.of(1).perSecond())
                .listener(
                    new EngineListener() {
                      @Override
                      public synchronized void attemptStarted(Lease lease, int worker) {
                        starts.computeIfAbsent(worker, w -> new ArrayList<>()).add(lease.takenAt());
                      }
                    }))
        .runRound();

    assertThat(starts).containsOnlyKeys(1, 2);
    starts
        .values()
        .forEach(
            of -> {
              of.sort(Instant::compareTo);
              for (int i = 2; i < of.size(); i++) {
                // Of any three starts of one worker, the outer two are an interval apart.
                assertThat(Duration.between(of.get(i - 2), of.get(i)))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
              }
            });
    assertDrained(queue, 20, 0);
  }

  @Test
  void aListenerThatThrowsDisturbsNothing() {
    queue.publish(events(5));
    AtomicInteger finished = new AtomicInteger();

    build(
            engine(queue, event -> {})
                .listener(
                    new EngineListener() {
                      @Override
                      public void attemptStarted(Lease lease, int worker) {
                        throw new NoClassDefFoundError("listener");
                      }

                      @Override
                      public void attemptFinished(
                          Lease lease,
                          int worker,
                          AttemptOutcome outcome,
                          Duration processing,
                          Settlement settlement) {
                        finished.incrementAndGet();
                        throw new IllegalStateException("listener");
                      }
                    }))
        .runRound();

    assertThat(finished).hasValue(5);
    assertDrained(queue, 5, 0);
  }

  @Test
  void anInterruptEndsTheRoundAndStaysSet() throws InterruptedException {
    queue.publish(events(1));
    CountDownLatch started = new CountDownLatch(1);
    AuditEngine engine =
        build(
            engine(
                queue,
                event -> {
                  started.countDown();
                  time.sleep(Duration.ofMinutes(1));
                }));
    Queue<Boolean> interrupted = new ConcurrentLinkedQueue<>();
    Queue<RoundReport> reports = new ConcurrentLinkedQueue<>();
    Thread caller =
        new Thread(
            () -> {
              reports.add(engine.runRound());
              interrupted.add(Thread.currentThread().isInterrupted());
            });
    caller.start();
    started.await();

    caller.interrupt();
    caller.join();

    assertThat(interrupted).containsExactly(true);
    assertThat(reports.element().remaining()).isEqualTo(1);
    assertThat(queue.stats().pending()).isEqualTo(1);
  }

  @Test
  void eventsWithoutAHandlerAreLeftToAnEngineThatHasOne() {
    EventType newer = EventType.of("NEWER").withPriority(Priority.HIGH);
    List<String> old = new CopyOnWriteArrayList<>();
    List<String> young = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 50; i++) {
      queue.publish(AuditEvent.of("newer-" + i, newer, "w"));
      queue.publish(AuditEvent.of("known-" + i, TYPE, "w"));
    }

    RoundReport report =
        build(
                AuditEngine.builder(queue)
                    .handler(
                        TYPE,
                        event -> {
                          old.add(event.id());
                        }))
            .runRound();

    assertThat(old).hasSize(50).allMatch(id -> id.startsWith("known"));
    assertThat(report.remaining()).isEqualTo(50);
    QueueStats left = queue.stats();
    assertThat(left.starts()).isEqualTo(50);
    assertThat(left.failed()).isZero();
    assertThat(left.setAside().keySet()).containsExactly("NEWER");
    assertThat(left.setAside().get("NEWER").events()).isEqualTo(50);

    build(
            AuditEngine.builder(queue)
                .handler(
                    newer,
                    event -> {
                      young.add(event.id());
                    })
                .workers(1, 1))
        .runRound();

    assertDrained(queue, 100, 0);
    assertThat(queue.stats().starts()).isEqualTo(100);
    assertThat(young).isEqualTo(IntStream.range(0, 50).mapToObj(i -> "newer-" + i).toList());
    assertThatIllegalStateException().isThrownBy(() -> AuditEngine.builder(queue).build());
  }

  @Test
  void typesThatNobodyTakesAreToldOnceTheyAreLate() {
    queue.publish(events(3));
    AuditEngine engine =
        build(
            AuditEngine.builder(queue)
                .handler(EventType.NEW_BALANCE_UPDATE, event -> {})
                .emergencyLimit(NO_LIMIT)
                .deadline(Duration.ofMinutes(1)));
    engine.start();

    await().until(() -> engine.health().leftToOthers().equals(Map.of("TEST", 3L)));
    assertThat(engine.health().status()).isEqualTo(EngineHealth.Status.UP);
    await().until(() -> engine.health().status() == EngineHealth.Status.DEGRADED);

    assertThat(engine.health().reasons().get(0))
        .startsWith("no process takes events of type TEST: 3 wait, the oldest for PT1M");
    assertThat(queue.stats().limit().demands()).isEmpty();
    assertThat(engine.health().workers()).isEqualTo(1);
  }
}
