package io.ratelimit.temporal.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.engine.ScalingMemory;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.Decided;
import io.ratelimit.temporal.internal.wire.LaneCensus;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many events an activity handles if the number is not configured. */
class ShareTest {

  private static final RateLimit FAST = RateLimit.of(10_000).perSecond();

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-02T03:04:05Z"));
  private final InMemoryEventQueue queue = InMemoryEventQueue.builder(FAST).time(time).build();

  @AfterEach
  void close() {
    queue.close();
  }

  @ParameterizedTest
  @CsvSource({
    "12000, 108, 4, 1, slower than sensible: each event has its own",
    "10000, 1000, 4, 1, the same at the boundary",
    "5000, 1000, 4, 2, two fit",
    "1, 1000000, 40, 1000, never more than one activity may handle",
    "0, 1000000, 40, 1000, what takes no time is no error",
    "1, 400, 10, 21, little work is divided so that lanes come back for more",
    "1, 0, 10, 1, nothing waits",
    "1, 3, 500, 1, fewer events than lanes",
  })
  void lastsASensibleTimeAndLeavesSomeForOthers(
      long millisPerEvent, long work, int lanes, int share, String why) {
    assertThat(Share.of(Duration.ofMillis(millisPerEvent), work, lanes)).as(why).isEqualTo(share);
  }

  private void publish(int events) {
    queue.publish(
        Stream.generate(() -> UUID.randomUUID().toString())
            .limit(events)
            .map(id -> AuditEvent.of(id, EventType.BALANCE_CHECK_REQUIRED, "w"))
            .toList());
  }

  private void handle(int events, Duration each) {
    for (int n = 0; n < events; n++) {
      TakeRequest take = TakeRequest.one(UUID.randomUUID().toString(), "w", Duration.ofDays(1));
      TakeResult.Taken taken = (TakeResult.Taken) queue.take(take);
      time.advance(each);
      var unused = queue.ack(taken.leases().get(0));
    }
  }

  private Decided decide(ManagerOptions options, ScalingMemory memory) {
    DecideRequest request =
        new DecideRequest(
            options,
            options.terms().workers(),
            time.now(),
            Optional.empty(),
            memory,
            0,
            List.of(),
            Map.of(),
            Optional.empty());
    return new Decider(
            request,
            ManagerCaps.DEFAULT,
            "owner",
            Optional.empty(),
            RetryPolicy.DEFAULT,
            Optional.empty())
        .decide(
            queue.stats(),
            new LaneCensus(0, 0, Optional.empty(), List.of(), false),
            Duration.ZERO,
            queue);
  }

  private Decided decide(ManagerOptions options) {
    return decide(options, ScalingMemory.NONE);
  }

  @Test
  void followsTheLimit() {
    publish(10_000);
    ManagerOptions options = ManagerOptions.round().withWorkers(10, 10);
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute());
    // Ten lanes, one of which starts something every 3 s.
    assertThat(decide(options).share()).contains(1);
    queue.limitControl().changeLimit(RateLimit.of(240).perMinute());
    assertThat(decide(options).share()).contains(4);
  }

  @Test
  void followsWhatWasMeasuredAfterWhatWasDeclared() {
    publish(10_000);
    ManagerOptions options = ManagerOptions.round().withWorkers(2, 2);
    // The declared time is 2 s.
    assertThat(decide(options).share()).contains(5);
    handle(1_000, Duration.ofMillis(20));
    assertThat(decide(options).share().orElseThrow()).isBetween(100, 500);
  }

  @Test
  void isWhatWasChosen() {
    publish(10_000);
    Decided decided = decide(ManagerOptions.round().withEventsPerActivity(7));
    assertThat(decided.share()).contains(7);
    assertThat(decided.startable()).isEqualTo(10_000);
  }

  /**
   * A lane waits for events that are published soon; otherwise, a trickle would cost a decision per
   * event.
   */
  @Test
  void countsWhatIsPublishedSoonUnlessTheQueueIsIdle() {
    ManagerOptions options = ManagerOptions.continuous().withWorkers(1, 1);
    ScalingMemory memory = decide(options).memory();
    publish(3_600);
    handle(3_599, Duration.ofMillis(5));
    time.advance(Duration.ofSeconds(60));

    Decided one = decide(options, memory);
    // 3,600 in the 3 minutes that count make 200 in 10 s, and one waits.
    assertThat(one.startable()).isEqualTo(201);
    assertThat(one.share()).contains(101);
    assertThat(decide(options.withEventsPerActivity(7), memory).startable()).isEqualTo(1);

    handle(1, Duration.ofMillis(5));
    assertThat(decide(options, memory).startable()).isZero();
  }
}
