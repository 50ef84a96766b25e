package io.ratelimit.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScalingControllerTest {

  private static final EventType SHORT =
      EventType.of("SHORT").withProcessingTime(Duration.ofMillis(200));
  private static final RateLimit LIMIT = RateLimit.of(600).perMinute().withBurst(600);

  private final EventQueue queue = InMemoryEventQueue.create(LIMIT);

  private static ScalingController controller(ScalingMemory memory) {
    return new ScalingController(
        ScalingPolicy.standard(),
        WorkerRange.DEFAULT,
        Optional.empty(),
        Expectations.NONE,
        Duration.ofMinutes(3),
        memory);
  }

  private ScalingDecision decision(ScalingController controller) {
    return controller.decide(queue.stats(), Duration.ofMinutes(3), 1);
  }

  private void takeAndDelay() {
    TakeRequest request = TakeRequest.one("t", "w", Duration.ofMinutes(1));
    TakeResult.Taken taken = (TakeResult.Taken) queue.take(request);
    assertThat(queue.retry(taken.leases().get(0), Duration.ofHours(1), "later")).isNotNull();
  }

  @Test
  void eventsThatAreDelayedAreExpectedToTakeAsLongAsThoseThatWaited() {
    queue.publish(AuditEvent.of("e", SHORT, "w"));
    ScalingController controller = controller(ScalingMemory.NONE);
    ScalingDecision before = decision(controller);

    takeAndDelay();

    assertThat(queue.stats().pendingByType()).isEmpty();
    assertThat(decision(controller).projectedFinish())
        .isLessThanOrEqualTo(before.projectedFinish().plusSeconds(1));
    assertThat(decision(controller(controller.memory())).projectedFinish())
        .isLessThanOrEqualTo(before.projectedFinish().plusSeconds(1));
  }

  @Test
  void withoutAnyMemoryTheyAreExpectedToTakeTheDefault() {
    queue.publish(AuditEvent.of("e", SHORT, "w"));
    takeAndDelay();

    assertThat(decision(controller(ScalingMemory.NONE)).projectedFinish())
        .isGreaterThanOrEqualTo(EventType.DEFAULT_PROCESSING_TIME);
  }
}
