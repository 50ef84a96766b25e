package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.temporal.testing.TestActivityEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a lane's next attempt does with what the one before it, whose worker died, left behind. */
class LaneTakeoverTest {

  private static final String TAKE = "run/1/1/1";
  private static final Duration LEASE = Duration.ofMinutes(1);

  private final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(6_000).perMinute());
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final AttemptRunner runner =
      new AttemptRunner(
          queue,
          EventProcessor.builder().handler(event -> handled.add(event.id())).build(),
          AttemptTerms.DEFAULT.withHandlerTimeout(LEASE).withLease(LEASE),
          "alive",
          List.of());
  private final TestActivityEnvironment temporal = TestActivityEnvironment.newInstance();

  @BeforeEach
  void register() {
    temporal.registerActivitiesImplementations(
        new LaneActivity(queue, runner, LEASE, WantedTypes.all(), "alive", () -> false));
  }

  @AfterEach
  void close() {
    temporal.close();
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

  private List<AttemptRecord> goOnFrom(LaneProgress progress) {
    temporal.setHeartbeatDetails(progress);
    LaneRequest request =
        new LaneRequest(
            1, "run/1", 1, Duration.ofSeconds(1), true, Optional.empty(), Duration.ofSeconds(30));
    return temporal
        .newActivityStub(Activities.Lane.class, Timeouts.lane())
        .drain(request)
        .attempts();
  }

  @Test
  void anEventInHandIsGivenBackAndTakenAgainWithAPermitOfItsOwn() {
    publish("e");
    Lease lost = takenByTheDead();

    List<AttemptRecord> attempts = goOnFrom(LaneProgress.NONE.taking(TAKE).holding("e"));

    assertThat(attempts)
        .extracting(AttemptRecord::eventId, AttemptRecord::result, AttemptRecord::attempt)
        .containsExactly(
            tuple("e", AttemptRecord.Result.RETRY, 1), tuple("e", AttemptRecord.Result.DONE, 2));
    assertThat(attempts.get(0).reason()).contains("worker was lost");
    assertThat(handled).containsExactly("e");
    assertThat(queue.stats().starts()).isEqualTo(2);
    assertThat(queue.ack(lost)).isEqualTo(Settlement.STALE_LEASE);
    assertThat(queue.stats().isConserved()).isTrue();
  }

  /** The heartbeat that names the event may be a second late; the event may be what kills. */
  @Test
  void anEventThatWasPerhapsBegunLosesAnAttemptToo() {
    publish("e");
    var unused = takenByTheDead();

    List<AttemptRecord> attempts = goOnFrom(LaneProgress.NONE.taking(TAKE));

    assertThat(attempts)
        .extracting(AttemptRecord::result, AttemptRecord::attempt)
        .containsExactly(tuple(AttemptRecord.Result.RETRY, 1), tuple(AttemptRecord.Result.DONE, 2));
  }

  @Test
  void anotherEventIsHandledWhereTheLeaseWasLost() {
    publish("first");
    assertThat(queue.ack(takenByTheDead())).isEqualTo(Settlement.SETTLED);
    publish("second");

    List<AttemptRecord> attempts = goOnFrom(LaneProgress.NONE.taking(TAKE).holding("first"));

    assertThat(attempts)
        .extracting(AttemptRecord::eventId, AttemptRecord::result)
        .containsExactly(tuple("second", AttemptRecord.Result.DONE));
    assertThat(queue.stats().done()).isEqualTo(2);
  }

  @Test
  void whatWasDoneBeforeStaysReported() {
    publish("first");
    Lease lease = takenByTheDead();
    AttemptRecord before =
        AttemptRecord.of(lease, new AttemptOutcome.Done(), Duration.ofSeconds(1), queue.ack(lease));

    List<AttemptRecord> attempts = goOnFrom(LaneProgress.NONE.ended(before));

    assertThat(attempts).containsExactly(before);
    assertThat(handled).isEmpty();
  }
}
