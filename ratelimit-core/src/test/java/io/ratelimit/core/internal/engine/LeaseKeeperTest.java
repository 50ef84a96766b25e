package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What fails on the way to one lease or one settlement costs nothing else. */
@Timeout(60)
class LeaseKeeperTest {

  private static final Duration LEASE = Duration.ofSeconds(15);

  private final VirtualTime time = VirtualTime.atEpoch();
  private final InMemoryEventQueue memory =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute().withBurst(20)).time(time).build();
  private final List<String> failing = new ArrayList<>();
  private Supplier<Throwable> failure = () -> new QueueException("this one, on purpose");
  private int calls;
  private final EventQueue queue =
      (EventQueue)
          Proxy.newProxyInstance(
              EventQueue.class.getClassLoader(),
              new Class<?>[] {EventQueue.class},
              (proxy, method, arguments) -> {
                boolean settles = arguments != null && arguments[0] instanceof Lease;
                if (settles) {
                  calls++;
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
          new Listeners(List.of()),
          lanes,
          () -> {},
          Runnable::run,
          Runnable::run);

  private void begin(int count) {
    lanes.want(count);
    for (int n = 0; n < count; n++) {
      memory.publish(AuditEvent.of("event-" + n, EventType.OPEN_ORDER_DETECTED, "wallet"));
    }
    TakeRequest request = new TakeRequest("request", "test", count, LEASE);
    for (Lease lease : ((TakeResult.Taken) memory.take(request)).leases()) {
      Lane lane = lanes.ready().get(0);
      lanes.occupy(lane);
      Thread thread = new Thread(() -> attempts.make(attempts.hold(lease, lane)), "test-lane");
      thread.setDaemon(true);
      thread.start();
    }
    await().until(() -> attempts.running().size() == count);
  }

  @AfterEach
  void letHandlersEnd() {
    end.countDown();
  }

  @Test
  void aLeaseThatCannotBeExtendedDoesNotCostTheOthersTheirs() {
    begin(5);
    failing.addAll(List.of("event-1", "event-3"));
    time.advance(LEASE.minusSeconds(1));

    assertThatThrownBy(new LeaseKeeper(queue, attempts, LEASE)::run)
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

    assertThatThrownBy(new LeaseKeeper(queue, attempts, LEASE)::run)
        .isInstanceOf(QueueUnavailableException.class);
    assertThat(calls).isEqualTo(1);
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
