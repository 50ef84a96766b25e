package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AttemptThreadsTest {

  private final Time time = Time.accelerated(20);
  private final InMemoryEventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build();
  private final Lanes lanes = new Lanes(Optional.empty(), time);

  private AttemptThreads threadsFor(AuditEventHandler handler) {
    lanes.want(1);
    return new AttemptThreads(
        queue,
        EventProcessor.builder().handler(handler).build(),
        AttemptTerms.DEFAULT.withLease(Duration.ofMinutes(1)),
        "test",
        new Listeners(List.of(), time),
        lanes,
        () -> {},
        () -> 1,
        Acknowledging.NOTHING,
        () -> {},
        () -> false);
  }

  private Lease lease() {
    queue.publish(AuditEvent.of("event", EventType.OPEN_ORDER_DETECTED, "wallet"));
    TakeRequest request = TakeRequest.one("request", "test", Duration.ofMinutes(1));
    return ((TakeResult.Taken) queue.take(request)).leases().get(0);
  }

  @Test
  void aLaneThatGetsNoThreadIsFreeAgain() {
    AttemptThreads threads = threadsFor(event -> {});
    threads.start();
    threads.stop(Duration.ZERO);
    Lease lease = lease();
    Lane lane = lanes.ready().get(0);

    assertThatThrownBy(() -> threads.make(lease, lane, UnaryOperator.identity()))
        .isInstanceOf(RejectedExecutionException.class);

    assertThat(lanes.busy()).isZero();
    assertThat(lanes.ready()).containsExactly(lane);
    assertThat(queue.stats().pending()).as("its event is given back").isEqualTo(1);
  }

  @Test
  void aLeaseThatIsNewIsNotOverdueHoweverLateTheWatchersBegin() {
    AttemptThreads threads = threadsFor(event -> {});
    Lease lease = lease();
    Attempt attempt = threads.hold(lease);

    threads.extendOverdue();

    assertThat(attempt.leaseExpiresAt()).isEqualTo(lease.expiresAt());
  }

  @Test
  void stoppingWaitsForTheAttemptsForAsLongAsItWasTold() {
    AttemptThreads threads = threadsFor(event -> time.sleep(Duration.ofSeconds(4)));
    threads.start();
    threads.make(lease(), lanes.ready().get(0), UnaryOperator.identity());

    threads.stop(Duration.ofSeconds(60));

    assertThat(queue.stats().done()).isEqualTo(1);
  }

  @Test
  void whatIsNotFinishedWithinTheGraceIsGivenBack() {
    AttemptThreads threads = threadsFor(event -> new CountDownLatch(1).await());
    threads.start();
    threads.make(lease(), lanes.ready().get(0), UnaryOperator.identity());

    threads.stop(Duration.ofSeconds(1));

    assertThat(queue.stats().pending()).isEqualTo(1);
    assertThat(threads.abandoned()).isZero();
    assertThat(lanes.busy()).isZero();
  }

  @Test
  void aHandlerThatIgnoresTheStopIsAbandonedAndItsEventGivenBack() {
    CountDownLatch end = new CountDownLatch(1);
    AttemptThreads threads =
        threadsFor(
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
    threads.start();
    threads.make(lease(), lanes.ready().get(0), UnaryOperator.identity());

    threads.stop(Duration.ZERO);
    end.countDown();

    assertThat(queue.stats().pending()).isEqualTo(1);
    assertThat(lanes.busy()).isZero();
  }
}
