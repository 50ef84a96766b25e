package io.ratelimit.testkit.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.StoredEventQueue;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.time.VirtualTime;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several processes over one store act as one queue, also when the store fails. */
class StoredEventQueueTest {

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final RateLimit LIMIT = RateLimit.of(30).per(Duration.ofSeconds(10)).withBurst(6);
  private static final Duration LEASE = Duration.ofSeconds(4);
  private static final EventType NORMAL = EventType.of("NORMAL");
  private static final List<EventType> TYPES =
      List.of(
          NORMAL,
          EventType.of("OTHER"),
          EventType.of("HIGH").withPriority(Priority.HIGH),
          EventType.of("LOW").withPriority(Priority.LOW));
  private static final Limits NAMED =
      Limits.builder()
          .limit(
              "account",
              event -> event.attributes().get("account"),
              RateLimit.of(4).per(Duration.ofSeconds(10)).withBurst(2))
          .maxInFlight("wallet", AuditEvent::walletId, 1)
          .build();

  private final VirtualTime time = VirtualTime.startingAt(BEGIN);
  private final MapStore store = new MapStore(time);

  private StoredEventQueue open(Limits limits, Optional<Duration> aging) {
    StoredEventQueue.Builder builder =
        StoredEventQueue.builder(store, LIMIT).time(time).limits(limits);
    aging.ifPresent(builder::aging);
    return builder.build();
  }

  private StoredEventQueue open() {
    return open(Limits.none(), Optional.empty());
  }

  /** Makes the same random calls to processes over a store and to one in-memory queue. */
  private final class Twins {
    private final Random random;
    private final Limits limits;
    private final Optional<Duration> aging;
    private final boolean byType;
    private final EventQueue memory;
    private final List<StoredEventQueue> processes = new ArrayList<>();
    private final List<Lease> leases = new ArrayList<>();
    private int calls;

    Twins(long seed, Limits limits, boolean byType) {
      this.random = new Random(seed);
      this.limits = limits;
      this.byType = byType;
      this.aging = random.nextBoolean() ? Optional.empty() : Optional.of(Duration.ofSeconds(9));
      InMemoryEventQueue.Builder builder =
          InMemoryEventQueue.builder(LIMIT).time(time).limits(limits);
      aging.ifPresent(builder::aging);
      this.memory = builder.build();
      for (int i = 0; i < 3; i++) {
        processes.add(open(limits, aging));
      }
    }

    private <T> T both(String what, Function<EventQueue, T> call) {
      int which = random.nextInt(processes.size());
      if (random.nextInt(25) == 0) {
        processes.set(which, open(limits, aging));
      }
      T expected = call.apply(memory);
      if (random.nextInt(25) == 0) {
        store.failNext();
        assertThatThrownBy(() -> call.apply(processes.get(which)))
            .isInstanceOf(QueueUnavailableException.class);
      }
      assertThat(call.apply(processes.get(which))).as("%d: %s", calls, what).isEqualTo(expected);
      return expected;
    }

    private boolean does(String what, Consumer<EventQueue> call) {
      return both(
          what,
          queue -> {
            call.accept(queue);
            return true;
          });
    }

    private <T> Optional<T> any(List<T> of) {
      return of.isEmpty() ? Optional.empty() : Optional.of(of.get(random.nextInt(of.size())));
    }

    private <T> T one(T[] of) {
      return of[random.nextInt(of.length)];
    }

    private PublishTerms terms() {
      PublishTerms terms = PublishTerms.DEFAULT;
      if (random.nextInt(4) == 0) {
        terms = terms.withDelay(Duration.ofMillis(random.nextInt(3_000)));
      }
      if (random.nextInt(4) == 0) {
        terms =
            terms.withExpiry(
                Duration.ofSeconds(4 + random.nextInt(9)), one(PublishTerms.Expired.values()));
      }
      if (random.nextInt(4) == 0) {
        terms = terms.withDedupAfterDone(Duration.ofSeconds(5));
      }
      return random.nextInt(3) == 0
          ? terms.withLatest(AuditEvent::walletId, one(PublishTerms.Place.values()))
          : terms;
    }

    private AuditEvent event() {
      AuditEvent event =
          AuditEvent.of(
                  "é " + random.nextInt(60),
                  TYPES.get(random.nextInt(TYPES.size())),
                  "w" + random.nextInt(6))
              .withPayload(Payload.ofText("{\"n\": " + random.nextInt() + "}"));
      return random.nextInt(3) == 0
          ? event.withWeight(1 + random.nextInt(3))
          : event.withAttribute("account", "a" + random.nextInt(3));
    }

    private void take() {
      WantedTypes wanted =
          byType && random.nextInt(3) == 0
              ? WantedTypes.named(Set.of(TYPES.get(random.nextInt(TYPES.size())).name()))
              : WantedTypes.all();
      TakeRequest request =
          new TakeRequest("r" + calls, "worker", 1 + random.nextInt(3), LEASE, wanted);
      if (limits == NAMED) {
        leases.addAll(both("take", queue -> leases(queue.take(request))));
      } else if (both("take", queue -> queue.take(request)) instanceof TakeResult.Taken taken) {
        leases.addAll(taken.leases());
      }
    }

    /**
     * If events wait for keys, a process that has seen them before may look again earlier than one
     * that has not, and then find nothing.
     */
    private static List<Lease> leases(TakeResult result) {
      return result instanceof TakeResult.Taken taken ? taken.leases() : List.of();
    }

    /** Keys that only wait are shown after a process has looked at them, so they are left out. */
    private static List<KeyStats> used(List<KeyStats> keys) {
      return keys.stream()
          .filter(
              key -> key.latestStart().isPresent() || key.pause().isPresent() || key.inFlight() > 0)
          .toList();
    }

    private void settle(Lease lease) {
      switch (random.nextInt(7)) {
        case 0, 1, 2 -> both("ack", queue -> queue.ack(lease));
        case 3 -> {
          Duration delay = Duration.ofMillis(random.nextInt(2_000));
          both("retry", queue -> queue.retry(lease, delay, "again"));
        }
        case 4 -> both("fail", queue -> queue.fail(lease, "for good"));
        case 5 -> both("release", queue -> queue.release(lease));
        default -> both("extend", queue -> queue.extend(lease, Duration.ofSeconds(3)));
      }
    }

    private void correct(Lease lease) {
      Costs costs = Costs.asReserved().withPermits(random.nextInt(4));
      int cost = random.nextInt(3);
      both(
          "correct",
          queue -> queue.correct(lease, limits == NAMED ? costs.with("account", cost) : costs));
    }

    private void acquire() {
      AcquireRequest request =
          limits == NAMED && random.nextBoolean()
              ? new AcquireRequest(
                  "acquired-" + calls,
                  new Charges(1, List.of(new Charge(new LimitKey("account", "a1"), 1))))
              : new AcquireRequest("acquired-" + calls, 1 + random.nextInt(2));
      both("acquire", queue -> queue.acquire(List.of(request)))
          .forEach(
              answer -> {
                if (answer instanceof AcquireResult.Granted granted && random.nextBoolean()) {
                  both("correct acquired", queue -> queue.correct(request, granted, 0));
                }
              });
    }

    private void control() {
      Duration soon = Duration.ofMillis(1 + random.nextInt(4_000));
      RateLimit other = RateLimit.of(3 + random.nextInt(60)).per(Duration.ofSeconds(10));
      switch (random.nextInt(5)) {
        case 0 -> both("limit", queue -> queue.limitControl().changeLimit(other));
        case 1 -> both("demand", queue -> queue.limitControl().demand("me", other, soon));
        case 2 -> both("end", queue -> queue.limitControl().endDemand("me"));
        case 3 -> both("pause", queue -> queue.limitControl().pauseFor(soon.dividedBy(4)));
        default -> both("resume", queue -> queue.limitControl().resume());
      }
    }

    private void namedControl() {
      LimitKey key = new LimitKey("account", "a" + random.nextInt(3));
      RateLimit window =
          RateLimit.of(2 + random.nextInt(6)).per(Duration.ofSeconds(10)).withBurst(2);
      Duration soon = Duration.ofMillis(1 + random.nextInt(4_000));
      KeyPattern keys = KeyPattern.of(key);
      switch (random.nextInt(7)) {
        case 0 ->
            does(
                "set",
                queue ->
                    queue
                        .namedLimitControl()
                        .set(NamedLimit.of("account", window).withCeiling(window.withPermits(20))));
        case 1 ->
            does("override", queue -> queue.namedLimitControl().override(keys, List.of(window)));
        case 2 -> does("no override", queue -> queue.namedLimitControl().removeOverride(keys));
        case 3 ->
            does(
                "demand",
                queue -> queue.namedLimitControl().demand(keys, "me", List.of(window), soon));
        case 4 -> does("end demand", queue -> queue.namedLimitControl().endDemand(keys, "me"));
        case 5 -> does("pause key", queue -> queue.namedLimitControl().pauseFor(key, soon));
        default -> does("resume key", queue -> queue.namedLimitControl().resume(key));
      }
    }

    private void amend() {
      String id = "é " + random.nextInt(60);
      Priority priority = one(Priority.values());
      long sequence = 1L + random.nextInt(1 + calls);
      switch (random.nextInt(6)) {
        case 0, 1 -> both("cancel", queue -> queue.cancel(id));
        case 2 -> both("reprioritize", queue -> queue.reprioritize(id, priority));
        case 3 -> both("redrive", queue -> queue.failedQueue().redrive(sequence));
        case 4 -> both("redrive all", queue -> queue.failedQueue().redriveAll(0, 3));
        default -> both("purge", queue -> queue.failedQueue().purge(sequence));
      }
      if (random.nextInt(20) == 0) {
        ClearScope scope = one(ClearScope.values());
        both("clear", queue -> queue.clear(scope));
      }
    }

    void run(int steps) {
      for (calls = 0; calls < steps; calls++) {
        switch (random.nextInt(14)) {
          case 0, 1 -> {
            List<AuditEvent> events = List.of(event(), event(), event());
            PublishTerms terms = terms();
            both("publish", queue -> queue.publish(events, terms));
          }
          case 2, 3, 4 -> take();
          case 5, 6 -> any(leases).ifPresent(this::settle);
          case 7 -> any(leases).ifPresent(this::correct);
          case 8 -> acquire();
          case 9 -> amend();
          case 10 -> {
            if (limits == NAMED && random.nextBoolean()) {
              namedControl();
            } else {
              control();
            }
          }
          default -> time.advance(Duration.ofMillis(random.nextInt(900)));
        }
        both("stats", EventQueue::stats);
        if (random.nextInt(8) == 0) {
          look();
        }
      }
      assertThat(memory.stats().starts()).isPositive();
    }

    private void look() {
      for (Priority priority : Priority.values()) {
        both("peek", queue -> queue.peek(priority, 0, 100));
      }
      both("leases", queue -> queue.leases(100));
      both("failed", queue -> queue.failedQueue().page(0, 100));
      both("latest", queue -> queue.failedQueue().latest(5));
      both("settings", queue -> queue.namedLimitControl().settings("account"));
      for (String limit : List.of("account", "wallet")) {
        both("keys", queue -> used(queue.namedLimitControl().keys(limit, Optional.empty(), 100)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void processesTogetherAreOneQueue(long seed) {
    new Twins(seed, Limits.none(), true).run(300);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theyAreUnderNamedLimitsToo(long seed) {
    new Twins(seed, NAMED, false).run(300);
  }

  private static List<String> taken(EventQueue queue, String request, int max) {
    return queue.take(new TakeRequest(request, "worker", max, LEASE))
            instanceof TakeResult.Taken taken
        ? taken.leases().stream().map(lease -> lease.event().id()).toList()
        : List.of();
  }

  @Test
  void aTransactionThatFailedLeavesNothingBehind() {
    StoredEventQueue queue = open();
    store.failNext();
    assertThatThrownBy(() -> queue.publish(AuditEvent.of("a", NORMAL, "w")))
        .isInstanceOf(QueueUnavailableException.class);
    assertThat(queue.stats().pending()).isZero();
    queue.publish(AuditEvent.of("a", NORMAL, "w"));

    store.failNext();
    assertThatThrownBy(() -> taken(queue, "r", 1)).isInstanceOf(QueueUnavailableException.class);
    assertThat(queue.stats().starts()).isZero();
    assertThat(taken(queue, "r", 1)).containsExactly("a");
  }

  @Test
  void othersHearOfChangesWithTheirNextCall() {
    StoredEventQueue one = open();
    StoredEventQueue other = open();
    AtomicInteger heard = new AtomicInteger();
    other.onChange(heard::incrementAndGet);
    one.publish(AuditEvent.of("a", NORMAL, "w"));
    assertThat(heard).hasValue(0);

    assertThat(taken(other, "r", 1)).containsExactly("a");
    assertThat(heard).hasPositiveValue();
  }

  @Test
  void theLimitOfTheStoreStays() {
    StoredEventQueue one = open();
    RateLimit lower = RateLimit.of(10).perMinute();
    one.limitControl().changeLimit(lower);

    assertThat(open().limitControl().settings().normal()).isEqualTo(lower);
  }

  @Test
  void whatIsRemovedIsForgottenOneDay() {
    StoredEventQueue queue = open();
    StoredEventQueue asleep = open();
    queue
        .limitControl()
        .changeLimit(RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(9));
    queue.publish(AuditEvent.of("stays", NORMAL, "w"));
    assertThat(taken(asleep, "first", 1)).containsExactly("stays");
    for (int i = 0; i < 3_000; i++) {
      String id = "e" + i;
      queue.publish(AuditEvent.of(id, NORMAL, "w"));
      time.advance(Duration.ofMillis(1));
      TakeResult.Taken taken =
          (TakeResult.Taken) queue.take(new TakeRequest("r" + i, "w", 1, Duration.ofHours(1)));
      queue.ack(taken.leases().get(0));
    }
    assertThat(store.size()).as("not every event that ever was").isLessThan(1_100);
    assertThat(asleep.stats()).isEqualTo(queue.stats());
  }

  @Test
  void aStoreThatWasSetBackIsTakenForFull() {
    StoredEventQueue queue = open();
    for (int i = 0; i < 50; i++) {
      queue.publish(AuditEvent.of("e" + i, NORMAL, "w"));
    }
    MapStore backup = store.copy();
    assertThat(taken(queue, "r1", 6)).hasSize(6);
    store.restore(backup);

    assertThat(queue.take(new TakeRequest("r2", "w", 1, LEASE)))
        .isEqualTo(new TakeResult.NotBefore(BEGIN.plus(LIMIT.window())));
  }

  @Test
  void aRecordThatCannotBeReadIsNamed() {
    StoredEventQueue queue = open();
    queue.publish(AuditEvent.of("a", NORMAL, "w"));
    store.overwrite(3, "event/2,what,a,later,version,wrote,x");

    assertThatThrownBy(queue::stats)
        .isInstanceOf(QueueException.class)
        .hasMessageContaining("holds what cannot be read, and nothing was changed")
        .hasMessageContaining("version \"2\"");
  }

  /** Records written by version 1. Never change them: later versions must read them. */
  private static List<String> written() {
    try (InputStream file = StoredEventQueueTest.class.getResourceAsStream("stored-queue-1.txt")) {
      return new String(requireNonNull(file).readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatVersion1StoredIsRead() {
    time.advance(Duration.ofSeconds(3));
    StoredEventQueue queue =
        StoredEventQueue.builder(MapStore.of(written(), time), LIMIT)
            .time(time)
            .limits(NAMED)
            .build();

    QueueStats stats = queue.stats();
    assertThat(stats.published()).isEqualTo(7);
    assertThat(stats.pendingByPriority())
        .isEqualTo(Map.of(Priority.HIGH, 0L, Priority.NORMAL, 2L, Priority.LOW, 1L));
    assertThat(List.of(stats.delayed(), stats.leased(), stats.done(), stats.failed()))
        .containsOnly(1L);
    assertThat(stats.corrections())
        .isEqualTo(new QueueStats.Corrections(3, 1, 0, Optional.empty()));
    assertThat(stats.observed().get(NORMAL).attempts()).isEqualTo(3);
    assertThat(stats.startsInWindow()).isEqualTo(7);
    assertThat(stats.limit().demandOf("me", time.now()))
        .contains(new Demand("me", RateLimit.of(60).per(LIMIT.period()), BEGIN.plusSeconds(62)));
    assertThat(stats.isConserved()).isTrue();

    assertThat(queue.failedQueue().page(0, 9))
        .singleElement()
        .satisfies(
            failed -> {
              assertThat(failed.event()).isEqualTo(AuditEvent.of("failed", NORMAL, "w3"));
              assertThat(failed.reason()).isEqualTo("broken, for good");
              assertThat(failed.history()).hasSize(1);
            });
    assertThat(queue.namedLimitControl().key(new LimitKey("account", "a2")).orElseThrow().pause())
        .contains(Pause.until(BEGIN.plusSeconds(62)));
    assertThat(queue.namedLimitControl().key(new LimitKey("account", "a, 1")).orElseThrow().held())
        .containsExactly(2L);

    Lease held = queue.leases(9).get(0);
    assertThat(held.event())
        .isEqualTo(
            AuditEvent.of("leased é", TYPES.get(2), "w1")
                .withPayload(Payload.ofText("{\"n\": 1}"))
                .withAttribute("account", "a, 1"));
    assertThat(taken(queue, "r5", 9))
        .as("one account has no room, and one wallet is in flight")
        .containsExactly("other", "low");
    assertThat(queue.ack(held)).isEqualTo(Settlement.SETTLED);
    time.advance(Duration.ofSeconds(10));
    assertThat(taken(queue, "r6", 9)).contains("pending");
    PublishTerms again = PublishTerms.DEFAULT.withDedupAfterDone(Duration.ofMinutes(5));
    assertThat(queue.publish(AuditEvent.of("done", NORMAL, "w2"), again).duplicateIds())
        .containsExactly("done");
  }
}
