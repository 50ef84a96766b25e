package io.ratelimit.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rounds whose attempts do not take the declared time. */
class FeedbackTest {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute();
  private static final RateLimit CEILING = RateLimit.of(60).perMinute();

  private static Simulation.Result round(int count, EventType type, double realTime) {
    List<AuditEvent> events =
        IntStream.range(0, count).mapToObj(i -> AuditEvent.of("event-" + i, type, "w")).toList();
    return Simulation.builder(events, LIMIT)
        .terms(RoundTerms.DEFAULT.withEmergencyLimit(CEILING))
        .realTime(realTime)
        .build()
        .run();
  }

  private static int mostWorkers(Simulation.Result result) {
    return result.samples().stream().mapToInt(Simulation.Sample::workers).max().orElseThrow();
  }

  private static long mostPermits(Simulation.Result result) {
    return result.samples().stream().mapToLong(s -> s.limit().permits()).max().orElseThrow();
  }

  /** 60 × 12 s is 72 s of ten workers, and 60 starts are 60 s of the ceiling. */
  @Test
  void whatTakesSixTimesAsLongAsDeclaredGetsTheWorkersThatItNeeds() {
    Simulation.Result result = round(60, EventType.BALANCE_CHECK_REQUIRED, 6);

    assertThat(result.report().deadlineMet()).as("%s", result.report()).isTrue();
    assertThat(mostWorkers(result)).isBetween(4, 10);
  }

  @ParameterizedTest
  @CsvSource({"0.1, 1, 1", "1, 1, 2", "10, 8, 10"})
  void workersFollowTheTimesThatAreSeen(double factor, int fewest, int most) {
    EventType type = EventType.OPEN_ORDER_DETECTED;

    Simulation.Result result = round(24, type, factor);

    assertThat(result.report().deadlineMet()).as("%s", result.report()).isTrue();
    assertThat(mostWorkers(result)).isBetween(fewest, most);
    assertThat(result.conserved()).isTrue();
  }

  /** It counts as 10 s until observed. */
  @ParameterizedTest
  @CsvSource({"0.1, 5", "1, 6", "2.5, 10"})
  void aTypeThatNobodyDeclaredIsLearned(double factor, int most) {
    Simulation.Result result = round(50, EventType.of("SURPRISE"), factor);

    assertThat(result.report().deadlineMet()).as("%s", result.report()).isTrue();
    assertThat(mostWorkers(result)).isLessThanOrEqualTo(most);
  }

  /** At 20/min, 45 events take 135 s, and 180 s with a retry of every fourth attempt. */
  @Test
  void failuresThatNobodyExpectedArePlannedForOnceTheyAreSeen() {
    List<AuditEvent> events =
        IntStream.range(0, 45)
            .mapToObj(i -> AuditEvent.of("event-" + i, EventType.OPEN_ORDER_DETECTED, "w"))
            .toList();
    for (int seed = 0; seed < 40; seed++) {
      Simulation.Result result =
          Simulation.builder(events, LIMIT)
              .terms(RoundTerms.DEFAULT.withEmergencyLimit(CEILING))
              .faults(new SimulatedFaults(seed, 0.25, 0, 1))
              .build()
              .run();

      assertThat(result.report().deadlineMet()).as("seed %d: %s", seed, result.report()).isTrue();
    }
  }

  @Test
  void aLimitThatIsNotUsedUpIsNotRaised() {
    Simulation.Result result = round(30, EventType.BALANCE_CHECK_REQUIRED, 6);

    assertThat(result.report().deadlineMet()).isTrue();
    assertThat(mostPermits(result)).isEqualTo(LIMIT.permits());
  }
}
