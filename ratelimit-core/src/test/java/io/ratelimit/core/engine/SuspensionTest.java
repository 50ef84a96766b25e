package io.ratelimit.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process is suspended for longer than its leases last. */
@Timeout(60)
class SuspensionTest {

  /** Time for a suspended process: it jumps ahead, and nothing runs in between. */
  private static final class AfterSuspension implements Time {
    private volatile Duration suspended = Duration.ZERO;

    @Override
    public Instant now() {
      return Time.system().now().plus(suspended);
    }

    @Override
    public void parkUntil(Instant deadline) {
      Time.system().parkUntil(deadline.equals(Instant.MAX) ? deadline : deadline.minus(suspended));
    }
  }

  @Test
  void keepsTheEventsInHandThatNobodyElseTook() {
    AfterSuspension time = new AfterSuspension();
    EventQueue queue =
        InMemoryEventQueue.builder(RateLimit.of(1_000).perSecond().withBurst(1_000))
            .time(time)
            .build();
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    CountDownLatch bothBegun = new CountDownLatch(2);
    CountDownLatch nextBegun = new CountDownLatch(1);
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(
                event -> {
                  calls.add(event.id());
                  switch (event.id()) {
                    case "long" -> {
                      bothBegun.countDown();
                      nextBegun.await();
                    }
                    case "short" -> {
                      bothBegun.countDown();
                      bothBegun.await();
                      // This attempt's acknowledgment is the first thing that happens when the
                      // process resumes.
                      time.suspended = Duration.ofSeconds(40);
                    }
                    default -> nextBegun.countDown();
                  }
                })
            .handlerTimeout(Duration.ofHours(1))
            .scalingPolicy(ScalingPolicy.fixed(2))
            .build();
    queue.publish(AuditEvent.of("long", EventType.BALANCE_CHECK_REQUIRED, "w"));
    queue.publish(AuditEvent.of("short", EventType.BALANCE_CHECK_REQUIRED, "w"));
    queue.publish(AuditEvent.of("next", EventType.BALANCE_CHECK_REQUIRED, "w"));

    engine.start();
    await().until(() -> queue.stats().done() == 3);
    engine.close();

    assertThat(calls).containsOnlyOnce("long").hasSize(3);
    assertThat(queue.stats().expiredLeases()).isZero();
  }
}
