package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.internal.engine.ScalingController;
import io.ratelimit.core.internal.report.RoundRecorder;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.TypeHistory;
import io.ratelimit.core.scaling.WorkerRange;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that goes through Temporal, as JSON by the SDK's default converter or ours, and back.
 */
class WireTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final RateLimit LIMIT =
      RateLimit.of(20).perMinute().withBurst(5).withMargin(Duration.ofSeconds(1));
  private static final RateLimit RAISED = RateLimit.of(60).perMinute();
  private static final DataConverter JSON = DefaultDataConverter.newDefaultInstance();

  private static final DataConverter TOLERANT = ManagerJson.converter();

  static Stream<Object> values() {
    QueueStats stats = stats();
    ScalingController scaling =
        new ScalingController(
            ScalingPolicy.standard(),
            RoundTerms.DEFAULT
                .withEmergencyLimit(RAISED)
                .withExpectations(new Expectations(0.05, 3, 0.1, 2)));
    ScalingDecision decision = scaling.decide(stats, Duration.ofMinutes(1), 2);
    List<AttemptRecord> attempts =
        Stream.of(AttemptRecord.Result.values())
            .map(result -> attempt(result, Settlement.SETTLED))
            .toList();
    ManagerStatus.Counts counts = new ManagerStatus.Counts(5, 1, 2, 3, 4);
    return Stream.of(
        ManagerOptions.round(),
        ManagerOptions.continuous()
            .withEmergencyLimit(RAISED)
            .withExpectations(new Expectations(0.05, 3, 0.1, 2)),
        new ManagerState(
            Optional.of(NOW),
            new WorkerRange(2, 5),
            scaling.memory(),
            List.of(decision),
            attempts,
            counts,
            true,
            List.of(LimitChange.of(LimitChange.Kind.PAUSE)),
            7),
        ManagerState.first(ManagerOptions.round()),
        new ManagerStatus(
            ManagerStatus.State.EMERGENCY,
            ManagerOptions.Mode.ROUND,
            Optional.of(NOW),
            WorkerRange.DEFAULT,
            4,
            3,
            Optional.of(ManagerStatus.Queue.of(stats)),
            Optional.of(ManagerStatus.Limit.of(stats)),
            Optional.of(decision),
            List.of(decision),
            counts,
            1),
        new ManagerSummary(ManagerStatus.State.PAUSED, 108, 4),
        new LaneRequest(
            3, "run/1", 10, Duration.ofMillis(1), true, Optional.of(NOW), Duration.ofDays(1)),
        new LaneRequest(
            1, "run/2", 1, Duration.ofSeconds(5), false, Optional.empty(), Duration.ZERO),
        new LaneResult(attempts, LaneResult.End.LEFT),
        new LaneProgress(Optional.of("take"), Optional.of("event"), attempts),
        LaneProgress.NONE,
        new LimitChange(
            LimitChange.Kind.DEMAND,
            Optional.of(RAISED),
            Optional.of(Duration.ZERO),
            Optional.of("owner")),
        LimitChange.of(LimitChange.Kind.READ),
        stats.limit(),
        LimitSettings.of(LIMIT),
        LIMIT,
        QueueSnapshot.of(stats),
        decision,
        report(decision));
  }

  /** As much as there can be in one queue: leased, pending, of several types, in an emergency. */
  private static QueueStats stats() {
    try (EventQueue queue = InMemoryEventQueue.create(LIMIT)) {
      queue.publish(
          List.of(
              AuditEvent.of("a", EventType.REBALANCE_NEEDED, "w"),
              AuditEvent.of("b", EventType.NEW_BALANCE_UPDATE, "w"),
              AuditEvent.of(
                  "c", new EventType("OWN", Priority.LOW, Duration.ofNanos(1_000_001_000)), "w")));
      TakeRequest done = TakeRequest.one("done", "worker", Duration.ofMinutes(1));
      TakeResult.Taken taken = (TakeResult.Taken) queue.take(done);
      assertThat(queue.ack(taken.leases().get(0))).isEqualTo(Settlement.SETTLED);
      var unused = queue.take(TakeRequest.one("take", "worker", Duration.ofMinutes(1)));
      queue.limitControl().demand("owner", RAISED, Duration.ofMinutes(1));
      queue.limitControl().pauseFor(Duration.ofSeconds(1));
      return queue.stats();
    }
  }

  private static AttemptRecord attempt(AttemptRecord.Result result, Settlement settlement) {
    return new AttemptRecord(
        "event-" + result,
        "NEW_BALANCE_UPDATE",
        2,
        1,
        NOW,
        NOW.plusNanos(1),
        Duration.ofNanos(3_000_000_001L),
        result,
        "why \"not\" ≤",
        settlement);
  }

  private static RoundReport report(ScalingDecision decision) {
    RoundRecorder recorder = new RoundRecorder(NOW, Duration.ofMinutes(3));
    recorder.decided(decision);
    Stream.of(AttemptRecord.Result.values())
        .forEach(result -> attempt(result, Settlement.SETTLED).recordTo(recorder));
    return recorder.report(NOW.plusSeconds(10), 2);
  }

  @ParameterizedTest
  @MethodSource("values")
  void comesBackAsItWas(Object value) {
    Payload payload = JSON.toPayload(value).orElseThrow();

    assertThat(payload.toString()).contains("json/plain");
    assertThat(read(payload, value)).isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource("values")
  void ourConverterAndTheSdksWriteTheSame(Object value) {
    assertThat(TOLERANT.toPayload(value)).isEqualTo(JSON.toPayload(value));
  }

  /** A newer version may have written it. */
  @ParameterizedTest
  @MethodSource("values")
  void fieldsThatNobodyKnowsAreLeftOut(Object value) {
    Payload payload = JSON.toPayload(value).orElseThrow();
    @SuppressWarnings("unchecked")
    Map<String, Object> fields =
        (Map<String, Object>) JSON.fromPayload(payload, Map.class, Map.class);
    fields.put("newer", Map.of("a", List.of(1)));

    Payload newer = JSON.toPayload(fields).orElseThrow();

    assertThat((Object) TOLERANT.fromPayload(newer, value.getClass(), value.getClass()))
        .isEqualTo(value);
  }

  private static Object read(Payload payload, Object like) {
    return JSON.fromPayload(payload, like.getClass(), like.getClass());
  }

  @Test
  void theQueuesFactsSurviveTheirWireForm() {
    QueueStats stats = stats();

    assertThat(QueueSnapshot.of(stats).stats()).isEqualTo(stats);
  }

  /** With all buckets in use, the types of which most wait are told in less than 100 kB. */
  @Test
  void whatIsToldOfTypesIsBounded() {
    TypeHistory history = TypeHistory.NONE;
    for (int millis = 1; millis < 80_000_000; millis += 1 + millis / 12) {
      history = history.with(Duration.ofMillis(millis), false);
    }
    Map<EventType, TypeHistory> observed = new HashMap<>();
    for (int n = 0; n < EventQueue.MAX_OBSERVED_TYPES; n++) {
      observed.put(EventType.of("A-TYPE-WITH-A-LONG-NAME-" + "x".repeat(30) + n), history);
    }
    QueueStats some = stats();
    EventType waiting = some.pendingByType().keySet().iterator().next();
    observed.put(waiting, TypeHistory.NONE.with(Duration.ofSeconds(1), true));
    QueueStats stats = withObserved(some, observed);

    QueueSnapshot snapshot = QueueSnapshot.of(stats);

    assertThat(snapshot.observed()).hasSize(QueueSnapshot.MOST_OBSERVED);
    assertThat(snapshot.stats().observed()).containsEntry(waiting, observed.get(waiting));
    assertThat(JSON.toPayload(snapshot).orElseThrow().getSerializedSize()).isLessThan(100_000);
  }

  private static QueueStats withObserved(QueueStats stats, Map<EventType, TypeHistory> observed) {
    return new QueueStats(
        stats.observedAt(),
        stats.published(),
        stats.pendingByPriority(),
        stats.pendingByType(),
        stats.delayed(),
        stats.leased(),
        stats.done(),
        stats.failed(),
        stats.discarded(),
        stats.lost(),
        stats.starts(),
        stats.startedPermits(),
        stats.retried(),
        stats.givenUp(),
        stats.expiredLeases(),
        stats.oldestPendingAge(),
        stats.startsInWindow(),
        stats.largestWindows(),
        stats.assumedStarts(),
        stats.latestStart(),
        stats.nextStart(),
        observed,
        stats.pendingPermits(),
        stats.setAside(),
        stats.limit(),
        stats.clockShift());
  }

  /** What a manager carries into its next run stays below Temporal's 2 MB for one value. */
  @Test
  void theLargestStateIsSmallEnough() {
    List<AttemptRecord> attempts =
        Collections.nCopies(
            2 * ManagerState.MOST_ATTEMPTS,
            attempt(AttemptRecord.Result.RETRY, Settlement.SETTLED).withoutReason());
    ScalingDecision decision =
        new ScalingController(
                ScalingPolicy.standard(), RoundTerms.DEFAULT.withEmergencyLimit(RAISED))
            .decide(stats(), Duration.ofMinutes(1), 2);
    ManagerState first = ManagerState.first(ManagerOptions.round());
    ManagerState state =
        new ManagerState(
            Optional.of(NOW),
            first.workers(),
            first.memory(),
            Collections.nCopies(2 * ManagerState.MOST_DECISIONS, decision),
            attempts,
            first.counts(),
            false,
            List.of(),
            0);

    assertThat(JSON.toPayload(state).orElseThrow().getSerializedSize()).isLessThan(2_000_000);
  }
}
