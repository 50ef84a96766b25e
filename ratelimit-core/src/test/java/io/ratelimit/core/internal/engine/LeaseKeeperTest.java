package io.ratelimit.core.internal.engine;

import static java.util.stream.IntStream.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The failure of one extension or settlement affects no other. */
@Timeout(60)
class LeaseKeeperTest {

  private static final Duration LEASE = Duration.ofSeconds(15);

  private final VirtualTime time = VirtualTime.atEpoch();
  private final InMemoryEventQueue memory =
      InMemoryEventQueue.builder(RateLimit.of(5_000).perMinute().withBurst(5_000))
          .time(time)
          .build();
  private final List<String> failing = new ArrayList<>();
  private Supplier<Throwable> failure = () -> new QueueException("this one, on purpose");
  private final AtomicInteger calls = new AtomicInteger();
  private final ExecutorService helpers = Executors.newCachedThreadPool();
  private final EventQueue queue =
      (EventQueue)
          Proxy.newProxyInstance(
              EventQueue.class.getClassLoader(),
              new Class<?>[] {EventQueue.class},
              (proxy, method, arguments) -> {
                boolean settles = arguments != null && arguments[0] instanceof Lease;
                if (settles) {
                  calls.incrementAndGet();
                  if (failing.contains(((Lease) arguments[0]).event().id())) {
                    throw failure.get();
                  }
                }
                try {
                  return method.invoke(memory, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
  private final Lanes lanes = new Lanes(Optional.empty(), time);
  private final CountDownLatch end = new CountDownLatch(1);
  private final Attempts attempts =
      new Attempts(
          queue,
          EventProcessor.builder()
              .handler(
                  event -> {
                    end.await();
                  })
              .build(),
          Duration.ofMinutes(1),
          new Listeners(List.of(), time),
          lanes,
          () -> {},
          Runnable::run,
          Runnable::run,
          new Batches(time, () -> 1, form -> Runnable::run, new Listeners(List.of(), time)),
          Acknowledging.NOTHING);

  private void begin(int count) {
    lanes.want(count);
    for (int n = 0; n < count; n++) {
      memory.publish(AuditEvent.of("event-" + n, EventType.OPEN_ORDER_DETECTED, "wallet"));
    }
    TakeRequest request = new TakeRequest("request", "test", count, LEASE);
    for (Lease lease : ((TakeResult.Taken) memory.take(request)).leases()) {
      Lane lane = lanes.ready().get(0);
      lanes.occupy(lane);
      Attempt attempt = attempts.hold(lease);
      attempt.enter(lane);
      Thread thread = new Thread(() -> attempts.make(attempt), "test-lane");
      thread.setDaemon(true);
      thread.start();
    }
    await().until(() -> attempts.running().size() == count);
  }

  private LeaseKeeper keeper(EventQueue extended) {
    return new LeaseKeeper(extended, attempts, LEASE, helpers);
  }

  /** Holds events for attempts that have not begun. */
  private void hold(int count) {
    lanes.want(count);
    for (int from = 0; from < count; from += TakeRequest.MAX_EVENTS) {
      int events = Math.min(TakeRequest.MAX_EVENTS, count - from);
      for (int n = from; n < from + events; n++) {
        memory.publish(AuditEvent.of("event-" + n, EventType.OPEN_ORDER_DETECTED, "wallet"));
      }
      TakeRequest request = new TakeRequest("request-" + from, "test", events, LEASE);
      for (Lease lease : ((TakeResult.Taken) memory.take(request)).leases()) {
        Attempt unused = attempts.hold(lease);
      }
      time.advance(Duration.ofMillis(1));
    }
  }

  /** The in-memory queue, with an action around every extension. */
  private EventQueue extending(Consumer<Lease> around) {
    return (EventQueue)
        Proxy.newProxyInstance(
            EventQueue.class.getClassLoader(),
            new Class<?>[] {EventQueue.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("extend")) {
                around.accept((Lease) arguments[0]);
              }
              try {
                return method.invoke(memory, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @AfterEach
  void letHandlersEnd() {
    end.countDown();
    helpers.shutdownNow();
  }

  @Test
  void manyLeasesAreExtendedSeveralAtATimeAndNotMoreThanSoMany() throws Exception {
    hold(2_000);
    CountDownLatch together = new CountDownLatch(32);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    EventQueue slow =
        extending(
            lease -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              together.countDown();
              // One after another, nobody would get past this.
              assertThatNoException().isThrownBy(together::await);
              inside.decrementAndGet();
            });
    time.advance(LEASE.minusSeconds(1));

    keeper(slow).run();

    assertThat(most).hasValue(32);
    time.advance(LEASE.minusSeconds(1));
    memory.take(new TakeRequest("next", "test", 1, LEASE));
    assertThat(memory.stats().expiredLeases()).isZero();
    assertThat(attempts.running())
        .allMatch(attempt -> attempt.leaseExpiresAt().isAfter(time.now()))
        .hasSize(2_000);
  }

  @Test
  void theLeasesThatEndFirstAreExtendedFirst() throws Exception {
    List<String> extended = new ArrayList<>();
    for (int n = 0; n < 20; n++) {
      lanes.want(n + 1);
      memory.publish(AuditEvent.of("event-" + n, EventType.OPEN_ORDER_DETECTED, "wallet"));
      TakeRequest request = new TakeRequest("request-" + n, "test", 1, LEASE);
      Attempt unused = attempts.hold(((TakeResult.Taken) memory.take(request)).leases().get(0));
      time.advance(Duration.ofMillis(100));
    }

    keeper(extending(lease -> extended.add(lease.event().id()))).run();

    assertThat(extended)
        .containsExactlyElementsOf(range(0, 20).mapToObj(n -> "event-" + n).toList());
  }

  @Test
  void withoutAnyThreadToHelpAllAreExtendedAllTheSame() throws Exception {
    hold(100);
    helpers.shutdown();
    time.advance(LEASE.minusSeconds(1));

    keeper(memory).run();

    assertThat(attempts.running())
        .allMatch(attempt -> attempt.leaseExpiresAt().equals(time.now().plus(LEASE)));
  }

  @Test
  void ofManyThatCannotBeReachedOnlyAFewAreAskedFor() {
    hold(200);
    AtomicInteger asked = new AtomicInteger();
    EventQueue away =
        extending(
            lease -> {
              asked.incrementAndGet();
              throw new QueueUnavailableException("away", new IllegalStateException("test"));
            });

    assertThatThrownBy(keeper(away)::run).isInstanceOf(QueueUnavailableException.class);
    assertThat(asked.get()).isBetween(1, 12);
  }

  @Test
  void aLeaseThatCannotBeExtendedDoesNotCostTheOthersTheirs() {
    begin(5);
    failing.addAll(List.of("event-1", "event-3"));
    time.advance(LEASE.minusSeconds(1));

    assertThatThrownBy(keeper(queue)::run)
        .isInstanceOf(QueueException.class)
        .hasMessage("this one, on purpose");
    time.advance(Duration.ofSeconds(2));
    memory.take(new TakeRequest("next", "test", 1, LEASE));
    assertThat(memory.stats().expiredLeases()).isEqualTo(2);
  }

  @Test
  void aQueueThatIsAwayIsAskedOnceAndNotForEachLease() {
    begin(5);
    failing.addAll(List.of("event-0", "event-1", "event-2", "event-3", "event-4"));
    failure = () -> new QueueUnavailableException("away", new IllegalStateException("test"));

    assertThatThrownBy(keeper(queue)::run).isInstanceOf(QueueUnavailableException.class);
    assertThat(calls).hasValue(1);
  }

  @Test
  void anErrorWhileSettlingFreesTheLane() {
    begin(1);
    failing.add("event-0");
    failure = () -> new StackOverflowError("thrown on purpose");
    attempts.stop();

    await().until(() -> attempts.running().isEmpty());
    assertThat(lanes.busy()).isZero();
  }
}
