package io.ratelimit.temporal.internal.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.temporal.internal.wire.LaneProgress;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lane's next attempt takes over the event of the previous one, whose worker died. */
class LaneTakeoverTest {

  private static final String LANE = "run/1";
  private static final String TAKE = LANE + "/1/7";
  private static final Duration LEASE = Duration.ofMinutes(1);

  private final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(6_000).perMinute());
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final AttemptRunner runner =
      new AttemptRunner(
          queue,
          EventProcessor.builder()
              .handler(
                  event -> {
                    handled.add(event.id());
                  })
              .build(),
          AttemptTerms.DEFAULT.withHandlerTimeout(LEASE).withLease(LEASE),
          "alive",
          List.of(),
          UnaryOperator.identity(),
          () -> 1);

  @AfterEach
  void close() {
    runner.close();
    queue.close();
  }

  private void publish(String id) {
    queue.publish(AuditEvent.of(id, EventType.NEW_BALANCE_UPDATE, "w"));
  }

  private Lease takenByTheDead() {
    while (true) {
      TakeResult result = queue.take(TakeRequest.one(TAKE, "dead-lane-1/1", LEASE));
      if (result instanceof TakeResult.Taken taken) {
        return taken.leases().get(0);
      }
    }
  }

  /** A link to a silent manager. */
  private record Silent(int attempt) implements LaneLink {
    @Override
    public Told beat(LaneProgress progress) {
      return Told.NOTHING;
    }

    @Override
    public boolean isManagerRunning() {
      return true;
    }
  }

  private AttemptTally goOn(int attempt) {
    LaneRequest request =
        new LaneRequest(
            Optional.empty(),
            1,
            LANE,
            1,
            Duration.ofSeconds(1),
            true,
            Optional.empty(),
            Duration.ofSeconds(30));
    return new LaneTurn(
            queue,
            runner,
            LEASE,
            WantedTypes.all(),
            "alive",
            request,
            new Silent(attempt),
            new LaneProgress.Slots("here", 1),
            () -> false)
        .run()
        .tally();
  }

  @Test
  void anEventInHandIsGivenBackAndTakenAgainWithAPermitOfItsOwn() {
    publish("e");
    Lease lost = takenByTheDead();

    AttemptTally tally = goOn(2);

    assertThat(tally.retries()).isEqualTo(1);
    assertThat(tally.done()).isEqualTo(1);
    assertThat(tally.reasons()).containsExactly("its worker was lost");
    assertThat(handled).containsExactly("e");
    assertThat(queue.stats().starts()).isEqualTo(2);
    assertThat(queue.ack(lost)).isEqualTo(Settlement.STALE_LEASE);
    assertThat(queue.stats().isConserved()).isTrue();
  }

  @Test
  void whatAnotherLaneHoldsStaysItsOwn() {
    publish("e");
    TakeRequest others = TakeRequest.one(LANE + "2/1/1", "other", LEASE);
    assertThat(queue.take(others)).isInstanceOf(TakeResult.Taken.class);

    assertThat(goOn(2).attempts()).isZero();
    assertThat(queue.stats().leased()).isEqualTo(1);
  }

  @Test
  void anotherEventIsHandledWhereTheLeaseWasLost() {
    publish("first");
    assertThat(queue.ack(takenByTheDead())).isEqualTo(Settlement.SETTLED);
    publish("second");

    assertThat(goOn(2).done()).isEqualTo(1);
    assertThat(handled).containsExactly("second");
    assertThat(queue.stats().done()).isEqualTo(2);
  }
}
