package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.internal.engine.ScalingController;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The first round of a queue with an unknown past, which may have been at its ceiling. */
class NewQueueTest {

  private static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  private static final RateLimit CEILING = RateLimit.of(60).perMinute();
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final Duration STEP = Duration.ofMillis(250);
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final EventType TYPE =
      EventType.of("AUDIT").withProcessingTime(Duration.ofSeconds(4));
  private static final int EVENTS = 108;

  private final VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
  private final Deque<Lease> held = new ArrayDeque<>();
  private int requests;

  @Test
  void isOnTimeAndItsLimitDoesNotFlap() {
    try (RedisEventQueue queue =
        TestClients.queue(NORMAL)
            .ceiling(CEILING)
            .startUp(RedisEventQueue.StartUp.WAIT)
            .time(time)
            .connect()) {
      queue.publish(
          IntStream.range(0, EVENTS)
              .mapToObj(n -> AuditEvent.of("event-" + n, TYPE, "wallet"))
              .toList());
      QueueStats first = queue.stats();
      assertThat(first.startsInWindow()).as("nobody has seen any").isZero();
      assertThat(first.assumedStarts().orElseThrow().inWindow()).isEqualTo(60);
      assertThat(first.nextStart()).contains(time.now().plusSeconds(41));

      Instant end = time.now().plus(DEADLINE);
      ScalingController controller =
          new ScalingController(
              ScalingPolicy.standard(), RoundTerms.DEFAULT.withEmergencyLimit(CEILING));
      int workers = 1;
      for (int step = 0; time.now().isBefore(end) && queue.stats().unfinished() > 0; step++) {
        if (step % 4 == 0) {
          QueueStats stats = queue.stats();
          ScalingDecision decision =
              controller.decide(stats, Duration.between(time.now(), end), workers);
          workers = decision.workers();
          controller.apply(decision, stats, queue.limitControl(), "test", LEASE);
        }
        settleWhatIsDone(queue);
        takeWhatMayStart(queue, workers);
        time.advance(STEP);
      }

      QueueStats last = queue.stats();
      assertThat(last.done()).isEqualTo(EVENTS);
      assertThat(last.limit().version() - first.limit().version()).isLessThanOrEqualTo(4);
    }
  }

  private void settleWhatIsDone(RedisEventQueue queue) {
    while (!held.isEmpty()
        && !held.getFirst().takenAt().plus(TYPE.processingTime()).isAfter(time.now())) {
      assertThat(queue.ack(held.removeFirst())).isEqualTo(Settlement.SETTLED);
    }
  }

  private void takeWhatMayStart(RedisEventQueue queue, int workers) {
    while (held.size() < workers
        && queue.take(TakeRequest.one("request-" + requests++, "worker", LEASE))
            instanceof TakeResult.Taken taken) {
      held.addAll(taken.leases());
    }
  }
}
