package io.ratelimit.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimulationTest {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute();

  private static Simulation.Builder simulation() {
    List<AuditEvent> events =
        IntStream.range(0, 108)
            .mapToObj(i -> AuditEvent.of("event-" + i, EventType.of("AUDIT"), "wallet"))
            .toList();
    return Simulation.builder(events, LIMIT);
  }

  @Test
  void theMissionTakesAsLongAsItsLimitSays() {
    Simulation.Result result = simulation().build().run();

    assertThat(result.conserved()).isTrue();
    assertThat(result.report().elapsed()).isEqualTo(Duration.ofSeconds(331));
    assertThat(result.report().deadlineMet()).isFalse();
  }

  @Test
  void aDeadlineMayBeForEver() {
    Simulation.Result result =
        simulation()
            .terms(RoundTerms.DEFAULT.withDeadline(ChronoUnit.FOREVER.getDuration()))
            .build()
            .run();

    assertThat(result.report().deadlineMet()).isTrue();
  }

  @Test
  void settingsOutOfRangeAreRefusedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Simulation.builder(List.of(), LIMIT))
        .withMessage("a simulation needs at least one event");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                simulation()
                    .terms(RoundTerms.DEFAULT.withEmergencyLimit(RateLimit.of(19).perMinute()))
                    .build())
        .withMessage(
            "emergency limit must be at least as fast as the limit, 20/min, but is 19/min");
  }
}
