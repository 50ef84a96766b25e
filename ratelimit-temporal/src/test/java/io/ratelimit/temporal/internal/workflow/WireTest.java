package io.ratelimit.temporal.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.engine.ScalingMemory;
import io.ratelimit.core.internal.history.RoundTrace;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.internal.report.QueueRound;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.report.Lateness;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.internal.queue.Decider;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.Decided;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.LaneCensus;
import io.ratelimit.temporal.internal.wire.LaneProgress;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import io.ratelimit.temporal.internal.wire.LaneResult;
import io.ratelimit.temporal.internal.wire.LimitChange;
import io.ratelimit.temporal.internal.wire.ManagerSummary;
import io.ratelimit.temporal.internal.wire.ReportRequest;
import io.ratelimit.temporal.internal.wire.Requests;
import io.ratelimit.temporal.internal.wire.WatchRequest;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerEnd;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.temporal.common.converter.RawValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All payloads, converted to JSON and back. */
class WireTest {

  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final RateLimit LIMIT =
      RateLimit.of(20).perMinute().withBurst(5).withMargin(Duration.ofSeconds(1));
  private static final RateLimit RAISED = RateLimit.of(60).perMinute();

  static Stream<Object> values() {
    QueueStats stats = stats();
    ManagerOptions options =
        ManagerOptions.round()
            .withEmergencyLimit(RAISED)
            .withExpectations(new Expectations(0.05, 3, 0.1, 2));
    DecideRequest request =
        new DecideRequest(
            options,
            new WorkerRange(2, 5),
            NOW,
            Optional.empty(),
            ScalingMemory.NONE,
            20,
            List.of("run/1"),
            Map.of("process", 10),
            Optional.empty());
    LaneCensus census = new LaneCensus(2, 1, Optional.of(10), List.of("run/1"), true);
    Decided decided;
    try (EventQueue any = InMemoryEventQueue.create(LIMIT)) {
      decided =
          new Decider(
                  request,
                  ManagerCaps.DEFAULT.withMostWorkers(2),
                  "owner",
                  Optional.of("audits"),
                  RetryPolicy.DEFAULT,
                  Optional.empty())
              .decide(stats, census, Duration.ofSeconds(2), any);
    }
    AttemptTally tally = tally();
    ManagerStatus.Counts counts = new ManagerStatus.Counts(5, 1, 2, 3, 6, 4);
    ManagerStatus.Unreachable away = new ManagerStatus.Unreachable(NOW, "connection refused");
    LaneProgress.Slots slots = new LaneProgress.Slots("process", 10);
    ScalingDecision first = decided.decision();
    ScalingDecision waits =
        new ScalingDecision(
            first.at(),
            first.workers(),
            first.limit(),
            first.mode(),
            first.constraint(),
            first.reason(),
            first.requiredWorkers(),
            first.rateLimitedWorkers(),
            first.projectedFinish(),
            first.timeLeft(),
            first.confidence(),
            Optional.of(NOW),
            Optional.of(new LimitKey("account", "a")),
            Map.of("account", List.of(RateLimit.of(30).perMinute())));
    Optional<RoundTrace> trace = decided.trace().map(seen -> seen.with(waits, stats));
    DecideRequest later =
        new DecideRequest(
            options.withQueue("audits").withEventsPerActivity(5),
            new WorkerRange(2, 5),
            NOW,
            Optional.of(decided.begin()),
            new ScalingMemory(
                List.of(new ScalingMemory.Sample(NOW, 7)),
                Optional.of(waits),
                Optional.of(Duration.ofSeconds(2)),
                Optional.of(NOW)),
            20,
            List.of("run/1"),
            Map.of("process", 10),
            trace);
    ReportRequest report =
        new ReportRequest(
            Duration.ofMinutes(3),
            decided.begin(),
            decided.counters(),
            tally,
            List.of(waits),
            60,
            Duration.ofSeconds(110),
            trace);
    return Stream.of(
        later,
        ManagerOptions.round(),
        ManagerOptions.round().withQueue("audits").withEventsPerActivity(5),
        ManagerOptions.continuous()
            .withEmergencyLimit(RAISED)
            .withExpectations(new Expectations(0.05, 3, 0.1, 2)),
        request,
        decided,
        report,
        new WatchRequest(7, Duration.ofMinutes(30)),
        new ManagerState(
            NOW,
            new WorkerRange(2, 5),
            Optional.of(decided),
            List.of(decided.decision()),
            tally,
            1,
            Duration.ofSeconds(11),
            Optional.of(away),
            List.of(new OutgoingLane("run/1", NOW)),
            7),
        ManagerState.first(ManagerOptions.round(), NOW),
        new ManagerStatus(
            Optional.of("audits"),
            ManagerStatus.State.UNREACHABLE,
            ManagerOptions.Mode.ROUND,
            Optional.of(NOW),
            Optional.of(Duration.ofSeconds(2)),
            Optional.of(away),
            WorkerRange.DEFAULT,
            4,
            3,
            1,
            Optional.of(3),
            Optional.of(decided.queue()),
            Optional.of(decided.limit()),
            Optional.of(decided.decision()),
            List.of(decided.decision()),
            Optional.of(Duration.ofSeconds(5)),
            counts,
            tally.reasons(),
            1,
            decided.capped(),
            decided.needed()),
        new ManagerSummary(
            Optional.of("audits"),
            ManagerStatus.State.PAUSED,
            Optional.of(108L),
            Optional.of(4),
            Optional.of(away),
            Optional.of(
                new ManagerEnd(
                    ManagerOptions.Mode.ROUND,
                    false,
                    Duration.ofSeconds(181),
                    Duration.ofMinutes(3),
                    100,
                    1,
                    7,
                    0,
                    Optional.of(true),
                    Optional.of(
                        new Lateness(
                            7, Duration.ZERO, Lateness.Cause.WORKERS, "they were busy"))))),
        ManagerSummary.starting(Optional.empty()),
        new LaneRequest(
            Optional.of("audits"),
            3,
            "run/1",
            10,
            Duration.ofMillis(1),
            true,
            Optional.of(NOW),
            Duration.ofDays(1)),
        new LaneRequest(
            Optional.empty(),
            1,
            "run/2",
            1,
            Duration.ofSeconds(5),
            false,
            Optional.empty(),
            Duration.ZERO),
        new LaneResult(LaneResult.End.LEFT, Optional.of("event"), tally, slots),
        new LaneProgress(Optional.of("take"), Optional.of("event"), slots),
        LaneProgress.in(slots),
        LimitChange.to(RAISED),
        LimitChange.of(LimitChange.Kind.PAUSE),
        stats.limit(),
        LimitSettings.of(LIMIT),
        LIMIT,
        decided.decision(),
        report(decided, tally));
  }

  /**
   * Statistics with everything a queue can have: leased and pending events of several types, in an
   * emergency.
   */
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

  private static AttemptTally tally() {
    AttemptTally.Counter counter = new AttemptTally.Counter();
    List<AttemptOutcome> outcomes =
        List.of(
            new AttemptOutcome.Done(),
            new AttemptOutcome.Retry(Duration.ZERO, Failure.of("kind", "why \"not\" ≤")),
            new AttemptOutcome.Failed(Failure.of("kind", "for good")),
            new AttemptOutcome.Released());
    for (AttemptOutcome outcome : outcomes) {
      counter.add(
          lease("event", "NEW_BALANCE_UPDATE"),
          outcome,
          Duration.ofNanos(3_000_000_001L),
          Settlement.SETTLED);
    }
    return counter.tally();
  }

  static Lease lease(String id, String type) {
    AuditEvent event = AuditEvent.of(id, EventType.of(type), "w").withWeight(2);
    return new Lease("token", 1, event, 1, "worker", NOW, NOW.plusNanos(1), NOW);
  }

  private static RoundReport report(Decided decided, AttemptTally tally) {
    return new QueueRound(
            NOW,
            Duration.ofMinutes(3),
            new QueueCounters(NOW, 5, 1, 2, 3, 0, 2, 3, 4, 1),
            new QueueCounters(NOW.plusSeconds(10), 50, 10, 20, 7, 5, 20, 30, 4, 3),
            tally,
            List.of(decided.decision()),
            60,
            Optional.empty(),
            List.of("a note"))
        .report();
  }

  @ParameterizedTest
  @MethodSource("values")
  void comesBackAsItWas(Object value) {
    RawValue raw = Json.raw(value);

    assertThat(raw.getPayload().toString()).contains("json/plain");
    assertThat((Object) Json.read(raw, value.getClass())).isEqualTo(value);
  }

  /** A newer version may have written more fields. */
  @ParameterizedTest
  @MethodSource("values")
  void fieldsThatNobodyKnowsAreLeftOut(Object value) {
    ObjectNode fields = (ObjectNode) Json.read(Json.raw(value), JsonNode.class);
    fields.putObject("newer").putArray("a").add(1);

    assertThat((Object) Json.read(Json.raw(fields), value.getClass())).isEqualTo(value);
  }

  /** As it was written when sums of durations were not told, and those of types in another form. */
  @Test
  void whatAnEarlierVersionToldOfAttemptsIsRead() throws JsonProcessingException {
    AttemptTally tally =
        Json.MAPPER.readValue(
            "{\"attempts\":3,\"permits\":3,\"done\":2,\"failed\":0,\"retries\":1,\"released\":0,"
                + "\"staleLeases\":0,\"firstStart\":\"2026-01-02T03:04:05Z\","
                + "\"lastStart\":\"2026-01-02T03:04:15Z\",\"busy\":15.0,"
                + "\"waiting\":{\"counts\":{\"75\":2},\"longest\":3.0},"
                + "\"processing\":{\"counts\":{\"75\":2,\"88\":1},"
                + "\"nanos\":{\"75\":6000000000,\"88\":9000000000},\"longest\":9.0},"
                + "\"byType\":[{\"type\":\"A\",\"attempts\":3,\"done\":2,\"failed\":0,\"retries\":1,"
                + "\"busy\":15.0,\"times\":{\"75\":2,\"88\":1},\"longest\":9.0}],"
                + "\"reasons\":[\"why\"]}",
            AttemptTally.class);

    assertThat(tally.waiting().mean()).isEqualTo(Duration.ofMillis(2_944));
    assertThat(tally.processing().mean()).isEqualTo(Duration.ofSeconds(5));
    assertThat(tally.byType().get(0).busy()).isEqualTo(Duration.ofSeconds(15));
    assertThat(tally.byType().get(0).processing()).as("not told").isEqualTo(Spread.NONE);
    assertThat(tally.plus(tally).byType().get(0).attempts()).isEqualTo(6);
  }

  /** 100,000 events that wait for an hour, as after an outage, have waited for 11 years. */
  @Test
  void longWaitsOfManyEventsArePlausible() {
    SortedMap<Integer, Long> counts = new TreeMap<>(Map.of(157, 100_000L));
    SortedMap<Integer, Long> nanos = new TreeMap<>(Map.of(157, 360_000_000_000_000_000L));
    Spread waiting = new Spread(counts, nanos, Duration.ofHours(1));
    AttemptTally tally = tally();
    LaneResult result =
        new LaneResult(
            LaneResult.End.LEFT,
            Optional.empty(),
            new AttemptTally(
                tally.attempts(),
                tally.permits(),
                tally.done(),
                tally.failed(),
                tally.retries(),
                tally.released(),
                tally.staleLeases(),
                tally.firstStart(),
                tally.lastStart(),
                tally.busy(),
                waiting,
                tally.processing(),
                tally.byType(),
                tally.reasons()),
            new LaneProgress.Slots("process", 10));

    assertThat(Requests.read(Json.raw(result), LaneResult.class)).isEqualTo(result);
  }
}
