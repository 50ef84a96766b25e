package io.ratelimit.temporal.internal.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.ForwardingEventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A lane asks again even if it misses a notification. */
class LaneTrustTest {

  private static final Instant RAISED = Instant.EPOCH.plusSeconds(25);

  private final Leaping time = new Leaping();
  private final EventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(1).per(Duration.ofHours(1))).time(time).build();

  /** Advances whenever the lane waits, and raises the limit on the way. */
  private final class Leaping implements Time {
    private final Thread lane = Thread.currentThread();
    private Instant now = Instant.EPOCH;

    @Override
    public synchronized Instant now() {
      return now;
    }

    @Override
    public void parkUntil(Instant deadline) {
      if (Thread.currentThread() == lane) {
        leap(deadline);
      }
      // For the attempt in another thread.
      LockSupport.parkNanos(1_000_000);
    }

    private void leap(Instant deadline) {
      boolean raises;
      synchronized (this) {
        boolean before = now.isBefore(RAISED);
        now = deadline.isAfter(now) ? deadline : now;
        raises = before && !now.isBefore(RAISED);
      }
      if (raises) {
        queue.limitControl().changeLimit(RateLimit.of(20).perMinute());
      }
    }

    @Override
    public void unpark(@Nullable Thread thread) {
      LockSupport.unpark(thread);
    }
  }

  /** Loses every wake-up. */
  private static final class Deaf extends ForwardingEventQueue {
    Deaf(EventQueue queue) {
      super(queue);
    }

    @Override
    public Subscription onChange(Runnable listener) {
      return () -> {};
    }
  }

  @Test
  void aLimitThatIsRaisedIsSeenWithinTheTrust() {
    EventQueue deaf = new Deaf(queue);
    queue.publish(AuditEvent.of("first", EventType.NEW_BALANCE_UPDATE, "w"));
    assertThat(queue.take(TakeRequest.one("take", "w", Duration.ofHours(1))))
        .isInstanceOf(TakeResult.Taken.class);
    queue.publish(AuditEvent.of("second", EventType.NEW_BALANCE_UPDATE, "w"));
    LaneRequest request =
        new LaneRequest(
            Optional.empty(),
            1,
            "run/1",
            1,
            Duration.ofSeconds(1),
            true,
            Optional.empty(),
            Duration.ofSeconds(30));
    try (AttemptRunner runner =
        new AttemptRunner(
            deaf,
            EventProcessor.builder().handler(event -> {}).build(),
            AttemptTerms.DEFAULT.withLease(Duration.ofHours(1)),
            "w",
            List.of(),
            UnaryOperator.identity(),
            () -> 1)) {
      Optional<Instant> started = AloneTurn.run(request, deaf, runner).tally().firstStart();

      assertThat(started).isPresent();
      assertThat(started.orElseThrow()).isBetween(RAISED, RAISED.plusSeconds(30));
    }
  }
}
