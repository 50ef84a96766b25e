package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandlerTimeoutsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final VirtualTime time = VirtualTime.atEpoch();
  private final FaultyQueue queue =
      new FaultyQueue(InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build());
  private final AtomicInteger failures = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);

  private final Listeners listeners =
      new Listeners(
          List.of(
              new EngineListener() {
                @Override
                public void failed(String activity, Throwable failure) {
                  failures.incrementAndGet();
                }
              }),
          time);

  @AfterEach
  void letHandlersEnd() {
    end.countDown();
  }

  private Attempts attemptsWith(AuditEventHandler handler) {
    Lanes lanes = new Lanes(Optional.empty(), time);
    lanes.want(1);
    Attempts attempts =
        new Attempts(
            queue,
            EventProcessor.builder().handler(handler).build(),
            TIMEOUT,
            listeners,
            lanes,
            () -> {},
            Runnable::run,
            Runnable::run,
            new Batches(time, () -> 1, form -> Runnable::run, new Listeners(List.of(), time)),
            Acknowledging.NOTHING);
    queue.publish(List.of(AuditEvent.of("event", EventType.OPEN_ORDER_DETECTED, "wallet")));
    Lease lease =
        ((TakeResult.Taken) queue.take(new TakeRequest("request", "test", 1, Duration.ofHours(1))))
            .leases()
            .get(0);
    Lane lane = lanes.ready().get(0);
    lanes.occupy(lane);
    Attempt attempt = attempts.hold(lease);
    attempt.enter(lane);
    Thread thread = new Thread(() -> attempts.make(attempt), "test-lane");
    thread.setDaemon(true);
    thread.start();
    await().until(() -> attempts.running().size() == 1);
    return attempts;
  }

  @Test
  void aHandlerThatIgnoresItsInterruptIsAbandonedOnce() {
    Attempts attempts =
        attemptsWith(
            event -> {
              while (end.getCount() > 0) {
                try {
                  end.await();
                } catch (InterruptedException ignored) {
                  // Like a handler that ignores interrupts.
                  assertThat(end.getCount()).isPositive();
                }
              }
            });
    HandlerTimeouts timeouts = new HandlerTimeouts(attempts, TIMEOUT, GRACE, time);

    time.advance(TIMEOUT.minusMillis(1));
    timeouts.run();
    time.advance(Duration.ofMillis(1));
    timeouts.run();
    time.advance(GRACE.minusMillis(1));
    timeouts.run();
    assertThat(timeouts.abandoned()).isZero();
    time.advance(Duration.ofMillis(1));
    timeouts.run();
    timeouts.run();

    assertThat(timeouts.abandoned()).isEqualTo(1);
    assertThat(attempts.running()).isEmpty();
    assertThat(queue.stats().delayed()).as("it is to be retried").isEqualTo(1);
  }

  @Test
  void aHandlerThatReturnedIsNotAbandonedWhileTheQueueCannotBeTold() {
    Attempts attempts = attemptsWith(event -> end.await());
    HandlerTimeouts timeouts = new HandlerTimeouts(attempts, TIMEOUT, GRACE, time);
    queue.setDown(true);

    time.advance(TIMEOUT);
    timeouts.run();
    await().until(() -> failures.get() > 0);
    time.advance(GRACE);
    timeouts.run();

    assertThat(timeouts.abandoned()).isZero();
    queue.setDown(false);
    await()
        .until(
            () -> {
              time.advance(Duration.ofSeconds(1));
              return attempts.running().isEmpty();
            });
    assertThat(queue.stats().delayed()).as("it is to be retried").isEqualTo(1);
  }
}
