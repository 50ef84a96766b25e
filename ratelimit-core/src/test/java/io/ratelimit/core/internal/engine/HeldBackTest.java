package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Events that a named limit holds back for long are no reason to raise the queue's own limit. */
class HeldBackTest {

  private static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  private static final RoundTerms TERMS =
      RoundTerms.DEFAULT.withEmergencyLimit(RateLimit.of(60).perMinute());
  private static final Duration BAN = Duration.ofMinutes(30);
  private static final LimitKey BANNED = new LimitKey("account", "banned");

  private final VirtualTime time = VirtualTime.atEpoch();
  private final EventQueue queue = queue(RateLimit.of(1_000).perMinute());
  private ScalingMemory memory = ScalingMemory.NONE;
  private int published;

  private EventQueue queue(RateLimit ofAccount) {
    return InMemoryEventQueue.builder(NORMAL)
        .time(time)
        .limits(Limits.builder().limit("account", AuditEvent::walletId, ofAccount).build())
        .build();
  }

  private void publish(EventQueue into, String account, int events) {
    for (int i = 0; i < events; i++) {
      published++;
      into.publish(AuditEvent.of("e" + published, EventType.BALANCE_CHECK_REQUIRED, account));
    }
  }

  /** Decides like a manager: another process makes each decision, from the remembered state. */
  private ScalingDecision decide(EventQueue about) {
    ScalingController controller = new ScalingController(ScalingPolicy.standard(), TERMS, memory);
    ScalingDecision decision = controller.decide(about.stats(), 1);
    memory = controller.memory();
    return decision;
  }

  /** Handles every event that may start now. */
  private void handle(EventQueue from) {
    TakeRequest request = TakeRequest.one("take-" + time.now(), "w", Duration.ofMinutes(1));
    if (from.take(request) instanceof TakeResult.Taken taken) {
      assertThat(from.ack(taken.leases().get(0))).isEqualTo(Settlement.SETTLED);
    }
  }

  private void serve(EventQueue served, int seconds, int eventEach) {
    for (int i = 0; i < seconds; i++) {
      if (i % eventEach == 0) {
        publish(served, "fine", 1);
      }
      assertThat(decide(served).mode()).as("after %s s", i).isEqualTo(Mode.NORMAL);
      handle(served);
      time.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void aBannedAccountDoesNotRaiseTheLimitForAsLongAsItIs() {
    queue.namedLimitControl().pauseFor(BANNED, BAN);
    publish(queue, "banned", 3);

    // Its events miss their deadline after three minutes.
    serve(queue, 1_200, 4);

    assertThat(queue.stats().pending()).isEqualTo(3);
  }

  @Test
  void norDoesAKeyWhoseWindowIsSpentForLong() {
    EventQueue daily = queue(RateLimit.of(1).per(Duration.ofDays(1)));
    publish(daily, "spent", 2);
    handle(daily);

    for (int i = 0; i < 600; i++) {
      assertThat(decide(daily).mode()).as("after %s s", i).isEqualTo(Mode.NORMAL);
      time.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void aBacklogBesideABannedAccountRaisesItAsAnyDoes() {
    queue.namedLimitControl().pauseFor(BANNED, BAN);
    publish(queue, "banned", 1);
    serve(queue, 600, 10);

    publish(queue, "fine", 108);

    ScalingDecision decision = decide(queue);
    assertThat(decision.mode()).isEqualTo(Mode.EMERGENCY);
    assertThat(decision.limit().permits()).as("108 in 3 minutes").isBetween(36, 45);
  }

  @Test
  void aRoundOfWhichOnlyABannedAccountIsLeftDoesNotEndInAnEmergency() {
    queue.namedLimitControl().pauseFor(BANNED, BAN);
    publish(queue, "banned", 5);
    ScalingController controller = new ScalingController(ScalingPolicy.standard(), TERMS);

    for (int left = 180; left >= 0; left--) {
      ScalingDecision decision = controller.decide(queue.stats(), Duration.ofSeconds(left), 1);
      assertThat(decision.limit()).as("%s s before the deadline", left).isEqualTo(NORMAL);
      time.advance(Duration.ofSeconds(1));
    }
  }
}
