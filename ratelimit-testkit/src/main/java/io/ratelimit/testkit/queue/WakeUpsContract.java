package io.ratelimit.testkit.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that whoever waits hears of each operation after which something may start earlier than it
 * was told, and is not woken by what changes nothing for it. Subclass it for an implementation, and
 * provide queues whose time stands still unless it is advanced.
 */
public abstract class WakeUpsContract {

  private static final Duration LEASE = Duration.ofHours(1);
  private static final EventType NORMAL = EventType.of("NORMAL");
  private static final EventType HIGH = EventType.of("HIGH").withPriority(Priority.HIGH);
  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final RateLimit ONE = RateLimit.of(1).perMinute();
  private static final RateLimit TEN = atOnce(10);
  private static final LimitKey KEY = new LimitKey("key", "wallet");
  private static final KeyPattern ALL_KEYS = KeyPattern.all("key");

  private final List<EventQueue> queues = new ArrayList<>();

  /** Creates the contract. */
  protected WakeUpsContract() {}

  /**
   * Returns the same new, empty queue, without any earlier starts, as so many processes see it: one
   * object for all if others cannot share it.
   */
  protected abstract List<EventQueue> createQueues(RateLimit limit, Limits limits, int processes);

  /** Lets time pass in all queues of this test, by a multiple of a microsecond. */
  protected abstract void advance(Duration duration);

  /**
   * Waits until those who were told of something up to now have heard of it. It does nothing unless
   * it is overridden, as queues that tell in the thread of the caller need.
   *
   * @throws InterruptedException if the test is interrupted
   */
  protected void awaitTold() throws InterruptedException {}

  /** Closes the test's queues. */
  @AfterEach
  protected void closeQueues() {
    queues.forEach(EventQueue::close);
  }

  private static RateLimit atOnce(int permits) {
    return RateLimit.of(permits).perMinute().withBurst(permits);
  }

  private static AuditEvent event(String id, EventType type, int weight) {
    return AuditEvent.of(id, type, "wallet").withWeight(weight);
  }

  private static AuditEvent event(String id) {
    return event(id, NORMAL, 1);
  }

  /** A process that waits, and another one that does something. */
  private final class Scene {
    private final EventQueue waiter;
    private final EventQueue other;
    private final Semaphore wakes = new Semaphore(0);
    private int requests;

    Scene(RateLimit limit, Limits limits) {
      List<EventQueue> processes = createQueues(limit, limits, 2);
      queues.addAll(processes);
      waiter = processes.get(0);
      other = processes.get(processes.size() - 1);
    }

    void publish(AuditEvent... events) {
      assertThat(other.publish(List.of(events)).accepted()).isEqualTo(events.length);
    }

    private TakeResult take(EventQueue queue) {
      requests++;
      return queue.take(TakeRequest.one("request-" + requests, "worker", LEASE));
    }

    @CanIgnoreReturnValue
    Lease takeOne(EventQueue queue) {
      TakeResult result = take(queue);
      assertThat(result).isInstanceOf(TakeResult.Taken.class);
      return ((TakeResult.Taken) result).leases().get(0);
    }

    /** Takes one that the other process has published. */
    Lease started(AuditEvent event) {
      publish(event);
      return takeOne(other);
    }

    /** Returns when the waiter asks again; now: it has something. */
    Instant asks() {
      TakeResult result = take(waiter);
      Instant now = waiter.time().now();
      return result instanceof TakeResult.Taken
          ? now
          : result.askAgainAt(now, Duration.ofDays(1_000));
    }

    private Instant nextPermits(Charges charges) {
      requests++;
      AcquireRequest request = new AcquireRequest("request-" + requests, charges);
      AcquireResult result = waiter.acquire(List.of(request)).get(0);
      assertThat(result).isInstanceOf(AcquireResult.NotBefore.class);
      return ((AcquireResult.NotBefore) result).at();
    }

    Subscription listen() throws InterruptedException {
      awaitTold();
      return waiter.onChange(wakes::release);
    }

    void awaitWake() throws InterruptedException {
      assertThat(wakes.tryAcquire(60, TimeUnit.SECONDS)).as("the waiter is woken").isTrue();
    }

    /** Returns how often the waiter is woken by what the other process does. */
    int wakesBy(Runnable operation) throws InterruptedException {
      int before = wakes.availablePermits();
      operation.run();
      awaitTold();
      return wakes.availablePermits() - before;
    }
  }

  private static Arguments operation(
      String what, RateLimit limit, Function<Scene, Runnable> arrangement) {
    return operation(what, limit, Limits.none(), arrangement);
  }

  private static Arguments operation(
      String what, RateLimit limit, Limits limits, Function<Scene, Runnable> arrangement) {
    return arguments(what, limit, limits, arrangement);
  }

  /** Something heavy waits until the minute is over, as half of its permits are spent. */
  private static Arguments heavyWaits(String what, Function<Scene, Runnable> arrangement) {
    return operation(
        what,
        TEN,
        scene -> {
          Runnable operation = arrangement.apply(scene);
          scene.started(event("spends", HIGH, 5));
          scene.publish(event("heavy", NORMAL, 10));
          return operation;
        });
  }

  /** One start was made, and another one waits for the next permit. */
  private static Arguments limited(String what, Consumer<EventQueue> operation) {
    return limited(what, queue -> {}, operation);
  }

  private static Arguments limited(
      String what, Consumer<EventQueue> before, Consumer<EventQueue> operation) {
    return operation(
        what,
        ONE,
        scene -> {
          before.accept(scene.other);
          scene.started(event("first"));
          scene.publish(event("second"));
          return () -> operation.accept(scene.other);
        });
  }

  private static Limits inFlight(int most) {
    return Limits.builder().maxInFlight("key", AuditEvent::walletId, most).build();
  }

  /** One attempt is in flight for a key, and another event waits for its end. */
  private static Arguments inFlight(String what, Function<Scene, Consumer<Lease>> operation) {
    return operation(
        what,
        NO_LIMIT,
        inFlight(1),
        scene -> {
          Lease lease = scene.started(event("first"));
          scene.publish(event("second"));
          return () -> operation.apply(scene).accept(lease);
        });
  }

  /** One start was made under a key, and another event waits for the next one. */
  private static Arguments keyed(
      String what, Consumer<EventQueue> before, Consumer<EventQueue> operation) {
    return operation(
        what,
        NO_LIMIT,
        keyedBy(ONE),
        scene -> {
          before.accept(scene.other);
          scene.started(event("first"));
          scene.publish(event("second"));
          return () -> operation.accept(scene.other);
        });
  }

  private static Limits keyedBy(RateLimit window) {
    return Limits.builder()
        .limit("key", AuditEvent::walletId, window)
        .ceiling("key", atOnce(20))
        .build();
  }

  static Stream<Arguments> operations() {
    return Stream.of(
            ofEvents(), ofLeases(), ofTheLimit(), ofCorrections(), ofAttempts(), ofNamedLimits())
        .flatMap(Function.identity());
  }

  private static Stream<Arguments> ofEvents() {
    PublishTerms.Place place = PublishTerms.Place.KEPT;
    PublishTerms latest = PublishTerms.DEFAULT.withLatest(AuditEvent::walletId, place);
    return Stream.of(
        operation("publish", NO_LIMIT, scene -> () -> scene.publish(event("first"))),
        operation(
            "publish with a delay",
            NO_LIMIT,
            scene ->
                () ->
                    scene.other.publish(
                        List.of(event("first")),
                        PublishTerms.DEFAULT.withDelay(Duration.ofSeconds(1)))),
        heavyWaits(
            "publish of what is lighter and more urgent",
            scene -> () -> scene.publish(event("light", HIGH, 1))),
        operation(
            "replacement by what is lighter",
            TEN,
            scene -> {
              scene.started(event("spends", HIGH, 5));
              scene.other.publish(List.of(event("heavy", NORMAL, 10)), latest);
              return () -> scene.other.publish(List.of(event("light")), latest);
            }),
        operation(
            "cancel of what is heavier",
            TEN,
            scene -> {
              scene.started(event("spends", HIGH, 5));
              scene.publish(event("heavy", NORMAL, 10), event("light"));
              return () -> scene.other.cancel("heavy");
            }),
        operation(
            "reprioritize of what is lighter",
            TEN,
            scene -> {
              scene.started(event("spends", HIGH, 5));
              scene.publish(event("heavy", NORMAL, 10), event("light"));
              return () -> scene.other.reprioritize("light", Priority.HIGH);
            }),
        operation(
            "redrive",
            NO_LIMIT,
            scene -> {
              Lease lease = scene.started(event("fails"));
              scene.other.fail(lease, "test");
              return () -> scene.other.failedQueue().redrive(lease.sequence());
            }),
        operation(
            "redrive of all",
            NO_LIMIT,
            scene -> {
              scene.other.fail(scene.started(event("fails")), "test");
              return () -> scene.other.failedQueue().redriveAll(0, 10);
            }));
  }

  private static Stream<Arguments> ofLeases() {
    return Stream.of(
        heavyWaits(
            "release of what is lighter and more urgent",
            scene -> {
              Lease light = scene.started(event("light", HIGH, 1));
              return () -> scene.other.release(light);
            }),
        operation(
            "retry that is due before the lease would have ended",
            NO_LIMIT,
            scene -> {
              Lease lease = scene.started(event("fails"));
              return () -> scene.other.retry(lease, Duration.ofSeconds(1), "test");
            }),
        operation(
            "extension of a lease to an earlier end",
            NO_LIMIT,
            scene -> {
              Lease lease = scene.started(event("held"));
              return () -> scene.other.extend(lease, Duration.ofSeconds(1));
            }));
  }

  private static Stream<Arguments> ofTheLimit() {
    Duration long1 = Duration.ofMinutes(10);
    return Stream.of(
        limited("a higher limit", queue -> queue.limitControl().changeLimit(TEN)),
        limited("a demand", queue -> queue.limitControl().demand("owner", TEN, long1)),
        limited(
            "a higher demand",
            queue -> queue.limitControl().demand("owner", RateLimit.of(2).perMinute(), long1),
            queue -> queue.limitControl().demand("owner", TEN, long1)),
        limited(
            "a higher ceiling",
            queue -> {
              queue.limitControl().changeCeiling(ONE);
              queue.limitControl().demand("owner", TEN, long1);
            },
            queue -> queue.limitControl().changeCeiling(TEN)),
        limited(
            "no ceiling",
            queue -> {
              queue.limitControl().changeCeiling(ONE);
              queue.limitControl().demand("owner", TEN, long1);
            },
            queue -> queue.limitControl().removeCeiling()),
        operation(
            "the end of a demand that has no room",
            TEN,
            scene -> {
              scene.publish(event("heavy", NORMAL, 5));
              RateLimit fast = RateLimit.of(2).perSecond();
              scene.other.limitControl().demand("owner", fast, Duration.ofMinutes(5));
              return () -> scene.other.limitControl().endDemand("owner");
            }),
        operation(
            "resume",
            NO_LIMIT,
            scene -> {
              scene.publish(event("first"));
              scene.other.limitControl().pause();
              return () -> scene.other.limitControl().resume();
            }),
        operation(
            "resume before a pause is over",
            NO_LIMIT,
            scene -> {
              scene.publish(event("first"));
              scene.other.limitControl().pauseFor(Duration.ofMinutes(1));
              return () -> scene.other.limitControl().resume();
            }));
  }

  private static Stream<Arguments> ofCorrections() {
    return Stream.of(
        operation(
            "a correction of what an attempt cost",
            TEN,
            scene -> {
              Lease lease = scene.started(event("dear", NORMAL, 10));
              scene.publish(event("next"));
              return () -> scene.other.correct(lease, Costs.asReserved().withPermits(1));
            }),
        operation(
            "a correction of what a call cost",
            TEN,
            scene -> {
              AcquireRequest request = new AcquireRequest("call", 10);
              AcquireResult result = scene.other.acquire(List.of(request)).get(0);
              assertThat(result).isInstanceOf(AcquireResult.Granted.class);
              scene.publish(event("next"));
              return () -> scene.other.correct(request, (AcquireResult.Granted) result, 1);
            }),
        operation(
            "a correction of what an attempt cost in a named limit",
            NO_LIMIT,
            Limits.builder()
                .limit("key", AuditEvent::walletId, TEN)
                .cost("key", AuditEvent::weight)
                .build(),
            scene -> {
              Lease lease = scene.started(event("dear", NORMAL, 10));
              scene.publish(event("next"));
              return () -> scene.other.correct(lease, Costs.asReserved().with("key", 1));
            }));
  }

  private static Stream<Arguments> ofAttempts() {
    return Stream.of(
        inFlight("ack of what was in flight", scene -> scene.other::ack),
        inFlight(
            "ack, with others, of what was in flight",
            scene -> lease -> scene.other.ackAll(List.of(lease))),
        inFlight("fail of what was in flight", scene -> lease -> scene.other.fail(lease, "test")),
        inFlight("release of what was in flight", scene -> scene.other::release),
        inFlight(
            "retry of what was in flight",
            scene -> lease -> scene.other.retry(lease, Duration.ofHours(1), "test")),
        operation(
            "cancel of a retry that holds",
            NO_LIMIT,
            Limits.builder().maxInFlight("key", AuditEvent::walletId, 1).retriesHold("key").build(),
            scene -> {
              Lease lease = scene.started(event("first"));
              scene.other.retry(lease, Duration.ofHours(1), "test");
              scene.publish(event("second"));
              return () -> scene.other.cancel("first");
            }));
  }

  private static Stream<Arguments> ofNamedLimits() {
    Duration hour = Duration.ofHours(1);
    return Stream.of(
        keyed(
            "a higher named limit",
            queue -> {},
            queue -> queue.namedLimitControl().set(NamedLimit.of("key", TEN))),
        operation(
            "more attempts in flight",
            NO_LIMIT,
            inFlight(1),
            scene -> {
              scene.started(event("first"));
              scene.publish(event("second"));
              return () -> scene.other.namedLimitControl().set(inFlight(2).declared().get(0));
            }),
        keyed(
            "an override",
            queue -> {},
            queue -> queue.namedLimitControl().override(KeyPattern.of(KEY), List.of(atOnce(5)))),
        operation(
            "the end of an override",
            NO_LIMIT,
            keyedBy(TEN),
            scene -> {
              scene.other.namedLimitControl().override(ALL_KEYS, List.of(ONE));
              scene.started(event("first"));
              scene.publish(event("second"));
              return () -> scene.other.namedLimitControl().removeOverride(ALL_KEYS);
            }),
        keyed(
            "a demand for a named limit",
            queue -> {},
            queue ->
                queue.namedLimitControl().demand(ALL_KEYS, "owner", List.of(atOnce(20)), hour)),
        operation(
            "resume of a key",
            NO_LIMIT,
            keyedBy(TEN),
            scene -> {
              scene.publish(event("first"));
              scene.other.namedLimitControl().pause(KEY);
              return () -> scene.other.namedLimitControl().resume(KEY);
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void whatBringsAStartForwardWakesWhoWaits(
      String what, RateLimit limit, Limits limits, Function<Scene, Runnable> arrangement)
      throws InterruptedException {
    Scene scene = new Scene(limit, limits);
    Runnable operation = arrangement.apply(scene);
    try (Subscription listening = scene.listen()) {
      Instant told = scene.asks();
      assertThat(told).as("%s: what is waited for", what).isAfter(scene.waiter.time().now());

      operation.run();

      scene.awaitWake();
      assertThat(scene.asks()).as(what).isBefore(told);
    }
  }

  @Test
  void whoWaitsIsToldOfNothingBeyondTheEndOfADemandAndNotWokenByItsRenewal()
      throws InterruptedException {
    Scene scene = new Scene(ONE, Limits.none());
    // The next start is 30 s later, and without the demand a minute.
    RateLimit two = RateLimit.of(2).perMinute();
    scene.other.limitControl().demand("owner", two, Duration.ofSeconds(10));
    scene.started(event("first"));
    scene.publish(event("second"));
    assertRenewalsAreNotMissed(
        scene,
        scene::asks,
        seconds -> scene.other.limitControl().demand("owner", two, Duration.ofSeconds(seconds)));
    assertThat(scene.takeOne(scene.waiter).event().id()).isEqualTo("second");
  }

  @Test
  void aRenewedDemandForANamedLimitIsNotMissed() throws InterruptedException {
    Scene scene = new Scene(NO_LIMIT, keyedBy(ONE));
    List<RateLimit> two = List.of(RateLimit.of(2).perMinute());
    scene.other.namedLimitControl().demand(ALL_KEYS, "owner", two, Duration.ofSeconds(10));
    scene.started(event("first"));
    scene.publish(event("second"));
    assertRenewalsAreNotMissed(
        scene,
        scene::asks,
        seconds ->
            scene
                .other
                .namedLimitControl()
                .demand(ALL_KEYS, "owner", two, Duration.ofSeconds(seconds)));
    assertThat(scene.takeOne(scene.waiter).event().id()).isEqualTo("second");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void callsHearOfNothingBeyondTheEndOfADemand(boolean isNamed) throws InterruptedException {
    Scene scene = new Scene(isNamed ? NO_LIMIT : ONE, isNamed ? keyedBy(ONE) : Limits.none());
    RateLimit two = RateLimit.of(2).perMinute();
    IntConsumer demand =
        seconds -> {
          Duration duration = Duration.ofSeconds(seconds);
          if (isNamed) {
            scene.other.namedLimitControl().demand(ALL_KEYS, "owner", List.of(two), duration);
          } else {
            scene.other.limitControl().demand("owner", two, duration);
          }
        };
    demand.accept(10);
    scene.started(event("first"));
    Charges charges = isNamed ? Charges.of("key", "wallet", 1) : Charges.permits(1);
    assertRenewalsAreNotMissed(scene, () -> scene.nextPermits(charges), demand);
  }

  /** Of a demand for 10 s under which the next start is 30 s later. */
  private void assertRenewalsAreNotMissed(Scene scene, Supplier<Instant> asks, IntConsumer renewal)
      throws InterruptedException {
    try (Subscription listening = scene.listen()) {
      Instant start = scene.waiter.time().now();
      assertThat(asks.get()).isEqualTo(start.plusSeconds(10));
      advance(Duration.ofSeconds(5));
      assertThat(scene.wakesBy(() -> renewal.accept(10))).as("wakes by a renewal").isZero();
      advance(Duration.ofSeconds(5));
      assertThat(asks.get()).isEqualTo(start.plusSeconds(15));
      int wakes = scene.wakesBy(() -> IntStream.range(0, 100).forEach(n -> renewal.accept(60)));
      assertThat(wakes).as("wakes by renewals").isZero();
      advance(Duration.ofSeconds(5));
      assertThat(asks.get()).isEqualTo(start.plusSeconds(30));
      advance(Duration.ofSeconds(15));
    }
  }

  @Test
  void aLowerDemandThatOutlastsTheHighestIsNotMissed() throws InterruptedException {
    Scene scene = new Scene(ONE, Limits.none());
    scene.other.limitControl().demand("high", RateLimit.of(3).perMinute(), Duration.ofSeconds(10));
    scene.started(event("first"));
    scene.publish(event("second"));
    try (Subscription listening = scene.listen()) {
      Instant start = scene.waiter.time().now();
      assertThat(scene.asks()).isEqualTo(start.plusSeconds(10));
      RateLimit two = RateLimit.of(2).perMinute();
      Duration minute = Duration.ofMinutes(1);
      assertThat(scene.wakesBy(() -> scene.other.limitControl().demand("low", two, minute)))
          .isZero();
      advance(Duration.ofSeconds(10));
      assertThat(scene.asks()).isEqualTo(start.plusSeconds(30));
    }
  }

  @Test
  void whatIsSetAlreadyWakesNobody() throws InterruptedException {
    Scene scene = new Scene(ONE, Limits.none());
    scene.started(event("first"));
    scene.publish(event("second"));
    try (Subscription listening = scene.listen()) {
      Instant unused = scene.asks();
      LimitControl limit = scene.other.limitControl();
      int wakes =
          scene.wakesBy(
              () -> {
                limit.changeLimit(ONE);
                limit.resume();
                limit.removeCeiling();
                limit.demand("owner", ONE, Duration.ofMinutes(1));
                limit.endDemand("owner");
              });
      assertThat(wakes).isZero();
    }
  }

  @Test
  void whoWaitsForTheLimitHearsThatTheQueueIsCleared() throws InterruptedException {
    Scene scene = new Scene(ONE, Limits.none());
    scene.started(event("first"));
    scene.publish(event("second"));
    try (Subscription listening = scene.listen()) {
      Instant unused = scene.asks();
      assertThat(scene.other.clear(ClearScope.PENDING).total()).isEqualTo(1);
      scene.awaitWake();
    }
  }
}
