package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.core.scaling.ScalingInput;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScalingControllerTest {

  private static final EventType SHORT =
      EventType.of("SHORT").withProcessingTime(Duration.ofMillis(200));
  private static final RateLimit LIMIT = RateLimit.of(600).perMinute().withBurst(600);

  private final EventQueue queue = InMemoryEventQueue.create(LIMIT);

  private static ScalingController controller(ScalingMemory memory) {
    return new ScalingController(ScalingPolicy.standard(), RoundTerms.DEFAULT, memory);
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

  @Test
  void weightsCountAsPermits() {
    EventQueue heavy = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
    for (int n = 0; n < 20; n++) {
      heavy.publish(AuditEvent.of("e" + n, SHORT, "w").withWeight(3));
    }
    ScalingController controller =
        new ScalingController(
            ScalingPolicy.standard(),
            RoundTerms.DEFAULT.withEmergencyLimit(RateLimit.of(60).perMinute()));

    ScalingDecision decision = controller.decide(heavy.stats(), Duration.ofMinutes(3), 1);

    // 20 events of weight 1 take a minute at 20/min; of weight 3 they would take more than 3.
    assertThat(decision.mode()).isEqualTo(Mode.EMERGENCY);
  }

  /** A round with types declared short takes long; another controller starts from that. */
  @Test
  void theNextRoundStartsFromWhatTheQueueHasSeen() {
    EventType declared = EventType.of("LATE").withProcessingTime(Duration.ofSeconds(2));
    Duration deadline = Duration.ofMinutes(3);
    ScalingDecision before = decisionOnNewRound(declared, deadline);

    for (int n = 0; n < 20; n++) {
      TakeRequest request = TakeRequest.one("learn-" + n, "w", Duration.ofMinutes(1));
      TakeResult.Taken taken = (TakeResult.Taken) timed.take(request);
      time.advance(Duration.ofSeconds(12));
      assertThat(timed.ack(taken.leases().get(0))).isEqualTo(Settlement.SETTLED);
    }
    timed.clear(ClearScope.ALL);
    ScalingDecision after = decisionOnNewRound(declared.withPriority(Priority.HIGH), deadline);

    assertThat(before.workers()).isEqualTo(1);
    assertThat(after.workers()).as("60 × some 10 s in 180 s").isBetween(3, 5);
  }

  private ScalingDecision decisionOnNewRound(EventType type, Duration deadline) {
    for (int n = 0; n < 60; n++) {
      timed.publish(AuditEvent.of("round-" + n, type, "w"));
    }
    return controller(ScalingMemory.NONE).decide(timed.stats(), deadline, 1);
  }

  private static final RateLimit RAISED = RateLimit.of(1_200).perMinute();

  private final VirtualTime time = VirtualTime.atEpoch();
  private final EventQueue timed = InMemoryEventQueue.builder(LIMIT).time(time).build();
  private final List<ScalingInput> inputs = new ArrayList<>();
  private Mode wanted = Mode.NORMAL;

  /** Records its input, and returns the mode that the test wants. */
  private ScalingDecision decideByTest(ScalingInput input) {
    inputs.add(input);
    return new ScalingDecision(
        input.now(),
        1,
        wanted == Mode.NORMAL ? LIMIT : RAISED,
        wanted,
        Constraint.WORK,
        Reason.FIXED,
        1,
        1,
        Duration.ZERO,
        input.timeLeft(),
        1,
        Optional.empty());
  }

  private ScalingController testsController(Optional<RateLimit> emergencyLimit) {
    return new ScalingController(
        this::decideByTest,
        RoundTerms.DEFAULT.withDeadline(Duration.ofMinutes(1)).withEmergencyLimit(emergencyLimit));
  }

  private void publish(String prefix, int count) {
    for (int i = 0; i < count; i++) {
      timed.publish(AuditEvent.of(prefix + i, SHORT, "w"));
    }
  }

  private double arrivalsPerMinute(ScalingController controller) {
    controller.decide(timed.stats(), Duration.ofMinutes(3), 1);
    return inputs.get(inputs.size() - 1).arrivalsPerMinute();
  }

  @Test
  void arrivalsAreCountedOverTheirWindow() {
    ScalingController controller = testsController(Optional.empty());
    publish("before", 100);
    assertThat(arrivalsPerMinute(controller)).as("nobody knows when they came").isZero();

    time.advance(Duration.ofSeconds(30));
    publish("first", 30);
    assertThat(arrivalsPerMinute(controller)).isEqualTo(30);
    time.advance(Duration.ofSeconds(30));
    publish("second", 10);
    assertThat(arrivalsPerMinute(controller)).as("all of them").isEqualTo(40);
    time.advance(Duration.ofNanos(1));
    assertThat(arrivalsPerMinute(controller)).as("since 30 s ago").isEqualTo(10);
  }

  @Test
  void itsMemoryIsBounded() {
    ScalingController controller = testsController(Optional.empty());
    for (int i = 0; i < 1_000; i++) {
      arrivalsPerMinute(controller);
      time.advance(Duration.ofMillis(100));
    }

    assertThat(controller.memory().samples()).hasSizeBetween(48, 52);
  }

  private Optional<Instant> applied(ScalingController controller) {
    QueueStats stats = timed.stats();
    controller.apply(
        controller.decide(stats, Duration.ofMinutes(3), 1),
        stats,
        timed.limitControl(),
        "owner",
        ScalingController.demandLease(Duration.ofSeconds(1)));
    return timed.limitControl().settings().raisedUntil(time.now());
  }

  @Test
  void aRaisedLimitIsConfirmedWhenHalfOfItsTimeIsOver() {
    ScalingController controller = testsController(Optional.of(RAISED));
    wanted = Mode.EMERGENCY;

    assertThat(applied(controller)).contains(Instant.ofEpochSecond(15));
    time.advance(Duration.ofMillis(7_499));
    assertThat(applied(controller)).contains(Instant.ofEpochSecond(15));
    time.advance(Duration.ofMillis(1));
    assertThat(applied(controller)).contains(Instant.ofEpochMilli(22_500));

    wanted = Mode.NORMAL;
    assertThat(applied(controller)).isEmpty();
  }

  @Test
  void aDemandOutlastsAMissedDecision() {
    assertThat(ScalingController.demandLease(Duration.ofMillis(100))).hasSeconds(15);
    assertThat(ScalingController.demandLease(Duration.ofSeconds(5))).hasSeconds(15);
    assertThat(ScalingController.demandLease(Duration.ofSeconds(40))).hasSeconds(120);
  }

  @Test
  void anEmergencyThatSomebodyElseDeclaredIsLeftToThem() {
    timed.limitControl().demand("somebody else", RAISED, Duration.ofSeconds(15));

    assertThat(applied(testsController(Optional.empty()))).isPresent();
    assertThat(applied(testsController(Optional.of(RAISED)))).isPresent();
  }
}
