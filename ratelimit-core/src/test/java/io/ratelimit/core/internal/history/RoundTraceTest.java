package io.ratelimit.core.internal.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoundTraceTest {

  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");
  private static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  private static final RateLimit RAISED = RateLimit.of(60).perMinute();

  private final VirtualTime time = VirtualTime.startingAt(AT);
  private final InMemoryEventQueue queue = InMemoryEventQueue.builder(NORMAL).time(time).build();
  private RoundTrace trace = RoundTrace.begin(AT, queue.stats());

  @AfterEach
  void close() {
    queue.close();
  }

  private QueueStats after(int seconds) {
    time.advance(Duration.ofSeconds(seconds));
    return queue.stats();
  }

  private static ScalingDecision decision(
      Instant at, int workers, RateLimit limit, Constraint constraint) {
    return new ScalingDecision(
        at,
        workers,
        limit,
        limit.equals(NORMAL) ? Mode.NORMAL : Mode.EMERGENCY,
        constraint,
        Reason.FIXED,
        workers,
        workers,
        Duration.ZERO,
        Duration.ZERO,
        1,
        Optional.empty());
  }

  private void decide(QueueStats stats, int workers, RateLimit limit, Constraint constraint) {
    trace = trace.with(decision(stats.observedAt(), workers, limit, constraint), stats);
  }

  private void publish(String type, int count) {
    queue.publish(
        IntStream.range(0, count)
            .mapToObj(i -> AuditEvent.of(type + time.now() + i, EventType.of(type), "w"))
            .toList());
  }

  @Test
  void sumsWorkersAndWhatKeptThemBack() {
    decide(after(0), 2, NORMAL, Constraint.RATE);
    decide(after(30), 4, RAISED, Constraint.WORKERS);
    decide(after(60), 1, NORMAL, Constraint.WORK);
    trace = trace.until(after(30));

    RoundRecord.Workers workers = trace.workers().orElseThrow();
    assertThat(workers.most()).isEqualTo(4);
    assertThat(workers.minutes()).isCloseTo(5.5, within(1e-9));
    assertThat(workers.mean()).isCloseTo(2.75, within(1e-9));
    assertThat(trace.bound())
        .isEqualTo(Map.of(Constraint.RATE, 0.25, Constraint.WORKERS, 0.5, Constraint.WORK, 0.25));
    assertThat(trace.inForce())
        .extracting(RoundRecord.InForce::limit)
        .containsExactly(NORMAL, RAISED, NORMAL);
    assertThat(trace.inForce().get(1).from()).isEqualTo(AT.plusSeconds(30));
  }

  @Test
  void countsStartsBeyondThoseOfTheNormalLimit() {
    trace = trace.until(after(60));

    assertThat(trace.beyondNormal(21)).as("one at once, and one each 3 s").isZero();
    assertThat(trace.beyondNormal(60)).isEqualTo(39);
    assertThat(trace.beyondNormal(0)).isZero();
  }

  @Test
  void knowsWhatWaitedAndWhatCameInWhichMinute() {
    publish("A", 3);
    trace = RoundTrace.begin(AT, queue.stats());
    publish("B", 2);
    decide(after(59), 1, NORMAL, Constraint.RATE);
    decide(after(61), 1, NORMAL, Constraint.RATE);
    publish("B", 4);
    trace = trace.until(after(1));

    assertThat(trace.backlogByType()).isEqualTo(Map.of("A", 3L));
    assertThat(trace.arrivalsByMinute()).containsExactly(2L, 0L, 4L);
  }

  @Test
  void doesNotGrow() {
    for (int type = 0; type < 200; type++) {
      publish("T" + type, type == 7 ? 9 : 1);
    }
    trace = RoundTrace.begin(AT, queue.stats());
    for (int look = 0; look < 500; look++) {
      decide(after(3_600), 1, look % 2 == 0 ? RAISED : NORMAL, Constraint.RATE);
    }

    assertThat(trace.backlogByType()).hasSize(RoundRecord.MOST_TYPES).containsEntry("T7", 9L);
    assertThat(trace.backlogByType().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(208);
    assertThat(trace.arrivalsByMinute()).hasSize(RoundRecord.MOST_MINUTES);
    assertThat(trace.inForce()).hasSize(RoundRecord.MOST_CHANGES);
  }
}
