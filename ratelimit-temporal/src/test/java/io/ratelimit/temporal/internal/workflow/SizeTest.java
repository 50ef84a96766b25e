package io.ratelimit.temporal.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.engine.ScalingMemory;
import io.ratelimit.core.internal.history.RoundTrace;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.internal.report.QueueRound;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.temporal.internal.queue.Decider;
import io.ratelimit.temporal.internal.wire.Begin;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.Decided;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.LaneCensus;
import io.ratelimit.temporal.internal.wire.LaneProgress;
import io.ratelimit.temporal.internal.wire.LaneResult;
import io.ratelimit.temporal.internal.wire.ReportRequest;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The largest payloads that can go through Temporal: the longest ids, types and reasons, the most
 * lanes, events and decisions. Temporal warns at values of 256 kB and refuses those of 2 MB; it
 * warns at workflow states of 1 MB, and terminates larger ones.
 */
class SizeTest {

  private static final int MOST_PAYLOAD = 256_000;
  private static final int MOST_STATE = 1_000_000;

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
  private static final String RUN = "0".repeat(36);
  private static final int TYPES = 300;

  /** Three bytes each in UTF-8. */
  private static final String LONGEST_ID = "≤".repeat(256);

  private static final VirtualTime TIME = VirtualTime.startingAt(NOW);
  private static final InMemoryEventQueue QUEUE =
      InMemoryEventQueue.builder(RateLimit.of(1_000).perSecond().withBurst(1_000))
          .time(TIME)
          .build();

  private static AttemptTally tally;
  private static Decided decided;

  @BeforeAll
  static void fill() {
    publish("a");
    tally = work();
    publish("b");
    ScalingMemory memory = ScalingMemory.NONE;
    Optional<Begin> begin = Optional.empty();
    for (int look = 0; look < 500; look++) {
      decided = decide(memory, begin);
      memory = decided.memory();
      begin = Optional.of(decided.begin());
      TIME.advance(Duration.ofSeconds(1));
    }
  }

  @AfterAll
  static void close() {
    QUEUE.close();
  }

  private static EventType type(int n) {
    return EventType.of("%s-%04d".formatted("T".repeat(59), n));
  }

  private static void publish(String prefix) {
    QUEUE.publish(
        IntStream.range(0, TYPES)
            .mapToObj(n -> AuditEvent.of(prefix + n, type(n), LONGEST_ID))
            .toList());
  }

  /**
   * Attempts of all lengths at events of all types, of which each third fails at length; and those
   * of all lengths at each type of which lengths are told.
   */
  private static AttemptTally work() {
    AttemptTally.Counter counter = new AttemptTally.Counter();
    List<Lease> leases = new ArrayList<>();
    int n = 0;
    while (QUEUE.take(TakeRequest.one("take" + n, "w", Duration.ofDays(1)))
        instanceof TakeResult.Taken taken) {
      Duration took = Duration.ofMillis(Math.round(Math.pow(1.065, n)));
      AttemptOutcome outcome =
          n++ % 3 == 0
              ? new AttemptOutcome.Failed(Failure.of("kind", "\"≤".repeat(1_000)))
              : new AttemptOutcome.Done();
      leases.add(taken.leases().get(0));
      Settlement settled = outcome.settle(QUEUE, leases.get(n - 1));
      counter.add(leases.get(n - 1), outcome, took, settled);
    }
    for (Lease lease : leases.subList(0, AttemptTally.MOST_TIMED_TYPES)) {
      for (int length = 0; length < n; length++) {
        Duration took = Duration.ofNanos(Math.round(1e6 * Math.pow(1.065, length)));
        counter.add(lease, new AttemptOutcome.Done(), took, Settlement.SETTLED);
      }
    }
    AttemptTally all = AttemptTally.NONE;
    for (int lane = 0; lane < 300; lane++) {
      all = all.plus(counter.tally());
    }
    return all;
  }

  private static DecideRequest question(ScalingMemory memory, Optional<Begin> begin) {
    List<String> outgoing = new ArrayList<>();
    Map<String, Integer> slots = new TreeMap<>();
    for (int lane = 0; lane < ManagerOptions.MOST_WORKERS; lane++) {
      outgoing.add(lane(lane));
      slots.put("%036d".formatted(lane), 1_000_000);
    }
    return new DecideRequest(
        ManagerOptions.continuous()
            .withWorkers(1, ManagerOptions.MOST_WORKERS)
            .withEmergencyLimit(RateLimit.of(999_999).perSecond().withBurst(999_999)),
        ManagerOptions.continuous().terms().workers(),
        NOW,
        begin,
        memory,
        1_000_000,
        outgoing,
        slots,
        Optional.of(trace()));
  }

  /** A full trace: the most types, minutes and changes. */
  private static RoundTrace trace() {
    RoundTrace trace = RoundTrace.begin(NOW, QUEUE.stats());
    return new RoundTrace(
        NOW,
        NOW,
        NOW,
        1_000_000_000,
        Collections.nCopies(RoundRecord.MOST_MINUTES, 1_000_000_000L),
        trace.backlogByType(),
        RateLimit.of(999_999).perSecond().withBurst(999_999),
        1e9 / 7,
        Optional.of(new RoundTrace.Decided(1_000_000, Constraint.WORKERS)),
        1_000_000,
        1e9 / 7,
        Map.of(Constraint.RATE, 1e9 / 7, Constraint.WORKERS, 1e9 / 7, Constraint.WORK, 1e9 / 7),
        Collections.nCopies(
            RoundRecord.MOST_CHANGES,
            new RoundRecord.InForce(
                NOW, RateLimit.of(999_999).perSecond().withBurst(999_999), Mode.EMERGENCY)));
  }

  private static String lane(int number) {
    return RUN + '/' + (1_000_000 + number);
  }

  private static Decided decide(ScalingMemory memory, Optional<Begin> begin) {
    DecideRequest request = question(memory, begin);
    return new Decider(
            request,
            ManagerCaps.DEFAULT.withMostWorkers(499),
            "owner",
            Optional.of("q".repeat(100)),
            RetryPolicy.DEFAULT,
            Optional.empty())
        .decide(
            QUEUE.stats(),
            new LaneCensus(500, 500, Optional.of(1_000_000), request.outgoing(), true),
            Duration.ofSeconds(1),
            QUEUE);
  }

  private static ManagerState state() {
    return new ManagerState(
        NOW,
        ManagerOptions.continuous().terms().workers(),
        Optional.of(decided),
        Collections.nCopies(2 * ManagerState.MOST_DECISIONS, decided.decision()),
        tally,
        Long.MAX_VALUE,
        Duration.ofDays(365),
        Optional.of(new ManagerStatus.Unreachable(NOW, "e".repeat(300))),
        IntStream.range(0, ManagerOptions.MOST_WORKERS)
            .mapToObj(lane -> new OutgoingLane(lane(lane), NOW))
            .toList(),
        1_000_000);
  }

  private static LaneProgress heartbeat() {
    return LaneProgress.in(new LaneProgress.Slots(RUN, 1_000_000))
        .taking(lane(1) + "/1000/1000")
        .holding(LONGEST_ID);
  }

  private static int size(Object value) {
    return Json.raw(value).getPayload().getSerializedSize();
  }

  @Test
  void everyValueIsSmall() {
    ReportRequest report =
        new ReportRequest(
            Duration.ofDays(1),
            decided.begin(),
            decided.counters(),
            tally,
            state().decisions(),
            1_000_000,
            Duration.ofDays(1),
            Optional.of(trace()));
    List<Object> values =
        List.of(
            question(decided.memory(), Optional.of(decided.begin())),
            decided,
            state(),
            report,
            new QueueRound(
                    NOW,
                    Duration.ofDays(1),
                    decided.counters(),
                    decided.counters(),
                    tally,
                    state().decisions(),
                    1_000_000,
                    Optional.of(1_000_000L),
                    List.of())
                .report(),
            new LaneResult(
                LaneResult.End.ENOUGH,
                Optional.of(LONGEST_ID),
                tally,
                new LaneProgress.Slots(RUN, 1_000_000)),
            heartbeat());

    assertThat(values)
        .allSatisfy(
            value ->
                assertThat(size(value))
                    .as(value.getClass().getSimpleName())
                    .isLessThan(MOST_PAYLOAD));
  }

  /** For a running activity, a server keeps about 300 bytes besides its heartbeat. */
  @Test
  void theStateOfAWorkflowWithAllLanesIsSmall() {
    int lanes = ManagerOptions.MOST_WORKERS * (size(heartbeat()) + 300);

    assertThat(lanes + size(state())).isLessThan(MOST_STATE);
  }

  @Test
  void whatIsToldOfTypesIsOfThoseOfWhichMostWait() {
    assertThat(decided.queue().measured()).hasSize(50);
    assertThat(tally.byType()).hasSize(AttemptTally.MOST_TYPES);
    assertThat(tally.byType().stream().mapToLong(AttemptTally.OfType::attempts).sum())
        .isEqualTo(tally.attempts());
    assertThat(tally.reasons())
        .hasSize(AttemptTally.MOST_REASONS)
        .allSatisfy(
            reason ->
                assertThat(reason.getBytes(StandardCharsets.UTF_8))
                    .hasSizeLessThanOrEqualTo(AttemptTally.REASON_BYTES));
  }
}
