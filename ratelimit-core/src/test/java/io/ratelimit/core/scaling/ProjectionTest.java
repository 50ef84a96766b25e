package io.ratelimit.core.scaling;

import static io.ratelimit.core.scaling.Situation.START;
import static io.ratelimit.core.scaling.Situation.TEN_SECONDS;
import static io.ratelimit.core.scaling.Situation.mission;
import static io.ratelimit.core.scaling.Situation.perMinute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.Decision;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitState;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The closed form against the limit itself, start by start. */
class ProjectionTest {

  /** Each start of the limit is up to a microsecond late, because time is in whole ones. */
  private static final double ROUNDED_UP = 2e-6;

  @Test
  void theMission() {
    Projection projection = new Projection(mission().input());

    assertThat(projection.finishAtRate(perMinute(20))).isEqualTo(331);
    assertThat(projection.permitsNeeded(perMinute(60))).isEqualTo(38);
    assertThat(projection.workSeconds()).isEqualTo(1080);
    assertThat(projection.finishWithWorkers(4)).isEqualTo(280);
  }

  @Test
  void retriesOfWhatIsInFlightAreCountedIn() {
    Projection projection =
        new Projection(
            mission()
                .events(TEN_SECONDS, 100)
                .inFlight(10)
                .expectations(new Expectations(0.5, 1, 0, 1))
                .input());

    assertThat(projection.workSeconds()).as("100 × 1.5, 10, and 10 × 0.5").isEqualTo(1650);
  }

  @Test
  void theLastEventMayBeASlowOne() {
    Projection projection =
        new Projection(mission().expectations(new Expectations(0, 0, 0.1, 2)).input());

    assertThat(projection.finishWithWorkers(4)).isCloseTo(20 + 1188 / 4.0, within(1e-9));
  }

  @Test
  void oneEventThatJustFitsNeedsNoMoreThanOnePermit() {
    Situation situation = mission().events(TEN_SECONDS, 1).secondsLeft(10);

    assertThat(new Projection(situation.input()).permitsNeeded(perMinute(60))).isEqualTo(1);
  }

  @Test
  void aLongEventOfHighPriorityIsNotTheLast() {
    EventType urgent = new EventType("URGENT", Priority.HIGH, Duration.ofSeconds(60));
    EventType later = new EventType("LATER", Priority.LOW, Duration.ofSeconds(5));
    Workload both = Workload.of(Map.of(urgent, 1L, later, 60L));

    // The urgent one ends after 60 s, the last of the others starts after 180 s.
    assertThat(new Projection(mission().waiting(both).input()).finishAtRate(perMinute(20)))
        .isEqualTo(185);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void finishAtRateIsWhenTheLimitLetsTheLastEventFinish(
      @ForAll @Size(3) List<@IntRange(max = 60) Integer> counts,
      @ForAll @Size(3) List<@IntRange(min = 1, max = 60_000) Integer> millis,
      @ForAll @IntRange(min = 1, max = 500) int permits,
      @ForAll @LongRange(min = 1_000, max = 120_000_000) long periodMicros,
      @ForAll @LongRange(min = -1, max = 100_000_000) long microsSinceStart) {
    Assume.that(counts.stream().anyMatch(count -> count > 0));
    RateLimit limit = RateLimit.of(permits).per(micros(periodMicros)).withBurst(1);
    Situation situation = mission().waiting(workload(counts, millis));
    LimitState state = LimitState.unused(LimitSettings.of(limit));
    if (microsSinceStart >= 0) {
      Instant latest = START.minus(micros(microsSinceStart));
      situation.latestStart(latest);
      state = ((Decision.Granted) state.decide(latest, 1)).next();
    }

    assertThat(new Projection(situation.input()).finishAtRate(limit))
        .isCloseTo(finish(state, counts, millis), within(ROUNDED_UP));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void permitsNeededAreTheFewestThatFinishInTime(
      @ForAll @Size(3) List<@IntRange(max = 60) Integer> counts,
      @ForAll @Size(3) List<@IntRange(min = 1, max = 60_000) Integer> millis,
      @ForAll @LongRange(min = 1_000, max = 120_000_000) long periodMicros,
      @ForAll @LongRange(min = -1, max = 100_000_000) long microsSinceStart,
      @ForAll @IntRange(min = 1, max = 600_000) int millisLeft) {
    Assume.that(counts.stream().anyMatch(count -> count > 0));
    RateLimit some = RateLimit.of(1).per(micros(periodMicros));
    double left = millisLeft / 1e3;
    Situation situation = mission().waiting(workload(counts, millis)).secondsLeft(left);
    if (microsSinceStart >= 0) {
      situation.latestStart(START.minus(micros(microsSinceStart)));
    }
    Projection projection = new Projection(situation.input());

    int needed = projection.permitsNeeded(some);

    if (needed <= RateLimit.MAX_PERMITS) {
      assertThat(projection.finishAtRate(some.withPermits(needed))).isLessThan(left + ROUNDED_UP);
      if (needed > 1) {
        assertThat(projection.finishAtRate(some.withPermits(needed - 1)))
            .isGreaterThan(left - ROUNDED_UP);
      }
    } else {
      assertThat(projection.finishAtRate(some.withPermits(RateLimit.MAX_PERMITS)))
          .isGreaterThan(left - ROUNDED_UP);
    }
  }

  /** As if each priority's last event were its longest. */
  private static double finish(LimitState limit, List<Integer> counts, List<Integer> millis) {
    LimitState state = limit;
    Instant now = START;
    Instant finish = START;
    for (int priority = 0; priority < counts.size(); priority++) {
      for (int i = 0; i < counts.get(priority); i++) {
        if (state.decide(now, 1) instanceof Decision.NotBefore notBefore) {
          now = notBefore.at();
        }
        state = ((Decision.Granted) state.decide(now, 1)).next();
      }
      Instant end = now.plusMillis(counts.get(priority) == 0 ? 0 : millis.get(priority));
      finish = end.isAfter(finish) ? end : finish;
    }
    return Workload.seconds(Duration.between(START, finish));
  }

  private static Workload workload(List<Integer> counts, List<Integer> millis) {
    Map<EventType, Long> countByType = new HashMap<>();
    for (Priority priority : Priority.values()) {
      int rank = priority.rank();
      EventType type =
          new EventType(priority.name(), priority, Duration.ofMillis(millis.get(rank)));
      countByType.put(type, (long) counts.get(rank));
    }
    return Workload.of(countByType);
  }

  private static Duration micros(long micros) {
    return Duration.ofNanos(micros * 1_000);
  }
}
