package io.ratelimit.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.core.simulation.Simulation.Arrival;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Simulations with arrivals, several rounds, changes and outages. */
class LongSimulationTest {

  private static final EventType TYPE =
      new EventType("CHECK", Priority.NORMAL, Duration.ofSeconds(2));
  private static final RateLimit LIMIT = RateLimit.of(60).perMinute().withBurst(1);

  /** So that only the limit holds starts back. */
  private static final ScalingPolicy TEN = ScalingPolicy.fixed(10);

  private static List<AuditEvent> events(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> AuditEvent.of(prefix + i, TYPE, "wallet"))
        .toList();
  }

  private static List<Arrival> arrivals(String prefix, Duration at, int count) {
    return events(prefix, count).stream().map(event -> new Arrival(at, event)).toList();
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  @Test
  void eventsStartWhenTheyArriveAndNoEarlier() {
    List<Arrival> arrivals = new ArrayList<>(arrivals("late-", seconds(90), 1));
    arrivals.addAll(arrivals("early-", seconds(30), 2));

    Simulation.Result result =
        Simulation.ofArrivals(arrivals, LIMIT).scalingPolicy(TEN).build().run();

    assertThat(result.report().elapsed()).isEqualTo(seconds(92));
    assertThat(result.report().firstStart()).contains(seconds(30));
    assertThat(result.report().waiting().max()).isEqualTo(seconds(1));
    assertThat(result.rounds()).hasSize(1);
    assertThat(result.rounds().get(0).arrivals()).isEqualTo(Map.of("CHECK", 3L));
    assertThat(result.rounds().get(0).finish()).contains(seconds(92));
  }

  @Test
  void roundsHaveOneQueueAndEachItsOwnDeadline() {
    List<List<Arrival>> rounds =
        List.of(arrivals("a", Duration.ZERO, 90), arrivals("b", Duration.ZERO, 10), List.of());

    Simulation.Result result =
        Simulation.ofRounds(rounds, Duration.ofMinutes(1), LIMIT)
            .terms(RoundTerms.DEFAULT.withDeadline(Duration.ofMinutes(1)))
            .build()
            .run();

    // The first 60 start in the first minute, and the 40 others in the second.
    assertThat(result.rounds()).hasSize(3);
    assertThat(result.rounds())
        .extracting(Simulation.Round::deadlineMet)
        .containsExactly(false, true, true);
    assertThat(result.rounds()).extracting(Simulation.Round::starts).containsExactly(60L, 40L, 0L);
    assertThat(result.rounds().get(0).finish()).contains(seconds(91));
    assertThat(result.rounds().get(1).finish()).contains(seconds(41));
    assertThat(result.rounds().get(2).startedAt()).isEqualTo(seconds(120));
    assertThat(result.conserved()).isTrue();
  }

  @Test
  void aPolicyForEachRoundKnowsThoseBefore() {
    List<List<Arrival>> rounds =
        List.of(arrivals("a", Duration.ZERO, 5), arrivals("b", Duration.ZERO, 7));
    List<List<Long>> told = new ArrayList<>();

    Simulation.Result result =
        Simulation.ofRounds(rounds, Duration.ofMinutes(1), LIMIT)
            .policies(
                (round, earlier) -> {
                  told.add(earlier.stream().map(Simulation.Round::starts).toList());
                  return ScalingPolicy.fixed(1 + round);
                })
            .build()
            .run();

    assertThat(told).containsExactly(List.of(), List.of(5L));
    // One worker for a minute, then two until 7 events of 2 s are done, in 8 s.
    assertThat(result.rounds())
        .extracting(Simulation.Round::workerTime)
        .containsExactly(seconds(60), seconds(16));
  }

  @Test
  void extraStartsAreThoseThatTheNormalLimitDoesNotAllow() {
    Simulation.Result result =
        Simulation.builder(events("e", 61), RateLimit.of(30).perMinute().withBurst(1))
            .terms(
                RoundTerms.DEFAULT
                    .withDeadline(seconds(62))
                    .withEmergencyLimit(RateLimit.of(60).perMinute().withBurst(1)))
            .build()
            .run();

    // The last of 61 starts at 60 s, by when 30/min allows 1 and 30 more.
    assertThat(result.report().elapsed()).isEqualTo(seconds(62));
    assertThat(result.rounds().get(0).extraStarts()).isCloseTo(30, within(0.01));
  }

  @Test
  void aChangeOfTheLimitHoldsFromItsTimeOn() {
    Simulation.Result result =
        Simulation.builder(events("e", 90), LIMIT)
            .scalingPolicy(TEN)
            .changeLimit(seconds(60), RateLimit.of(120).perMinute().withBurst(1))
            .build()
            .run();

    assertThat(result.report().elapsed()).isBetween(seconds(76), seconds(77));
    assertThat(result.rounds().get(0).extraStarts()).isCloseTo(0, within(1.0));
  }

  @Test
  void aPauseHoldsAllStarts() {
    Simulation.Result result =
        Simulation.builder(events("e", 10), LIMIT)
            .scalingPolicy(TEN)
            .pause(seconds(4.5), seconds(60))
            .build()
            .run();

    assertThat(result.report().elapsed()).isEqualTo(seconds(64.5 + 4 + 2));
  }

  @Test
  void anOutageFailsWhatStartsInIt() {
    Simulation.Result result =
        Simulation.builder(events("e", 10), LIMIT)
            .behavior(
                ApiBehavior.of(SimulatedFaults.NONE)
                    .downDuring(seconds(2), seconds(4), Duration.ofMillis(10)))
            .build()
            .run();

    assertThat(result.report().done()).isEqualTo(10);
    assertThat(result.report().retries()).isEqualTo(2);
  }

  @Test
  void aSlowTimeAndATypeOfItsOwnLastAsLongAsTheySay() {
    ApiBehavior behavior =
        ApiBehavior.of(SimulatedFaults.NONE)
            .forType("CHECK", ApiBehavior.of(new SimulatedFaults(1, 0, 1, 3)))
            .slowDuring(seconds(1), seconds(2), 10);

    Simulation.Result result =
        Simulation.builder(events("e", 2), LIMIT)
            .scalingPolicy(TEN)
            .behavior(behavior)
            .build()
            .run();

    // 2 s, three times that, and ten times that for the second.
    assertThat(result.report().elapsed()).isEqualTo(seconds(61));
  }

  @Test
  void workersThatTakeTimeToStartAreMissed() {
    Simulation.Builder builder =
        Simulation.builder(events("e", 60), RateLimit.of(600).perMinute())
            .terms(RoundTerms.DEFAULT.withDeadline(seconds(40)).withWorkers(new WorkerRange(1, 10)))
            .scalingPolicy(
                input -> {
                  int workers = input.activeWorkers() == 0 ? 1 : 10;
                  return ScalingPolicy.fixed(workers).decide(input);
                });

    Duration atOnce = builder.build().run().report().elapsed();
    Duration late = builder.workerStartup(seconds(30)).build().run().report().elapsed();

    assertThat(atOnce).isLessThan(seconds(16));
    // One worker does 15 or 16 of them until the others have started.
    assertThat(late).isBetween(seconds(38), seconds(43));
  }

  @Test
  void whatNeverEndsIsCutOff() {
    Simulation.Result result =
        Simulation.builder(events("e", 10), LIMIT)
            .pause(Duration.ZERO, Duration.ofDays(1))
            .atMost(Duration.ofMinutes(10))
            .build()
            .run();

    assertThat(result.report().elapsed()).isEqualTo(Duration.ofMinutes(10));
    assertThat(result.report().remaining()).isEqualTo(10);
    assertThat(result.rounds().get(0).finish()).isEmpty();
    assertThat(result.conserved()).isTrue();
  }

  @Test
  void whatALimitHasNoRoomForAnyMoreEndsTheRound() {
    List<AuditEvent> heavy = events("e", 3).stream().map(event -> event.withWeight(5)).toList();

    Simulation.Result result =
        Simulation.builder(heavy, RateLimit.of(5).perMinute().withBurst(1))
            .changeLimit(seconds(30), RateLimit.of(4).perMinute().withBurst(1))
            .build()
            .run();

    assertThat(result.report().done()).isEqualTo(1);
    assertThat(result.report().remaining()).isZero();
    assertThat(result.rounds().get(0).finish()).isPresent();
  }

  @Test
  void anEventCostsABoundedNumberOfSteps() {
    for (int count : new int[] {2_000, 20_000}) {
      List<AuditEvent> events = events("e", count);
      Simulation simulation =
          Simulation.builder(events, RateLimit.of(count).perMinute())
              .terms(RoundTerms.DEFAULT.withWorkers(new WorkerRange(1, 1_000)))
              .faults(SimulatedFaults.typical(1))
              .build();
      SimulationRun run = new SimulationRun(simulation);
      Simulation.Result result = run.run();

      long attempts = result.report().attempts();
      assertThat(result.report().done() + result.report().failed()).isEqualTo(count);
      assertThat(run.steps()).isLessThan(3 * attempts + 2_000);
      assertThat(run.requests()).isLessThan(3 * attempts + 2_000);
      assertThat(run.comparisons()).isLessThan(60 * attempts + 20_000);
    }
  }

  @Test
  void settingsOutOfRangeAreRefusedAtOnce() {
    Simulation.Builder builder =
        Simulation.builder(events("e", 1), LIMIT)
            .terms(RoundTerms.DEFAULT.withEmergencyLimit(RateLimit.of(100).perMinute()))
            .changeLimit(seconds(1), RateLimit.of(101).perMinute());

    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessage(
            "emergency limit must be at least as fast as the limit, 101/min, but is 100/min");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Arrival(seconds(-1), events("e", 1).get(0)))
        .withMessageContaining("arrival");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ApiBehavior.of(SimulatedFaults.NONE).slowDuring(seconds(2), seconds(1), 2))
        .withMessageContaining("a period must end after it begins");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Simulation.ofRounds(List.of(List.of()), seconds(1), LIMIT))
        .withMessage("a simulation needs at least one event");
  }
}
