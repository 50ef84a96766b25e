package io.ratelimit.temporal.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.engine.Forecasts;
import io.ratelimit.core.internal.engine.ScalingMemory;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.Decided;
import io.ratelimit.temporal.internal.wire.LaneCensus;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.testkit.history.SampleRound;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The inputs of the manager's decisions. */
class DeciderTest {

  private static final int EVENTS = 40;

  /** Decides while half of all attempts fail; the manager's options do not mention retries. */
  private static ScalingDecision decide(RetryPolicy retries) {
    return decided(EVENTS, retries, 20, Optional.empty()).decision();
  }

  private static Decided decided(
      int events, RetryPolicy retries, int perMinute, Optional<Integer> slots) {
    return decided(
        ManagerOptions.round().withExpectations(new Expectations(0.5, 0, 0, 1)),
        retries,
        Optional.empty(),
        events,
        perMinute,
        slots);
  }

  private static ScalingDecision decide(
      ManagerOptions options, RetryPolicy retries, Optional<Forecasts> forecasts) {
    return decided(options, retries, forecasts, EVENTS, 20, Optional.empty()).decision();
  }

  private static Decided decided(
      ManagerOptions options,
      RetryPolicy retries,
      Optional<Forecasts> forecasts,
      int events,
      int perMinute,
      Optional<Integer> slots) {
    DecideRequest request =
        new DecideRequest(
            options,
            ManagerOptions.round().terms().workers(),
            Instant.EPOCH,
            Optional.empty(),
            ScalingMemory.NONE,
            0,
            List.of(),
            Map.of(),
            Optional.empty());
    try (EventQueue queue = InMemoryEventQueue.create(RateLimit.of(perMinute).perMinute())) {
      for (int i = 0; i < events; i++) {
        queue.publish(AuditEvent.of("e" + i, EventType.NEW_BALANCE_UPDATE, "w"));
      }
      return new Decider(
              request, ManagerCaps.DEFAULT, "owner", Optional.empty(), retries, forecasts)
          .decide(
              queue.stats(), new LaneCensus(0, 0, slots, List.of(), false), Duration.ZERO, queue);
    }
  }

  @Test
  void retriesThatTheWorkerMakesArePlannedFor() {
    ScalingDecision without = decide(RetryPolicy.NONE);
    ScalingDecision with = decide(RetryPolicy.NONE.withMaxRetries(1));

    // One start every 3 s, and on average 20 more if each of the 40 events may be retried once.
    assertThat(with.projectedFinish().minus(without.projectedFinish()))
        .isGreaterThan(Duration.ofSeconds(60));
  }

  /** The wanted number alone could never ask for another process. */
  @Test
  void whatIsNeededIsToldBesideWhatTheSlotsAllow() {
    Decided few = decided(10 * EVENTS, RetryPolicy.NONE, 600, Optional.of(1));
    Decided enough = decided(10 * EVENTS, RetryPolicy.NONE, 600, Optional.of(10));

    // 1,200 s of work in 180 s.
    assertThat(few.decision().workers()).isEqualTo(1);
    assertThat(few.needed().orElseThrow())
        .as("with a minute until others are there")
        .isGreaterThanOrEqualTo(enough.needed().orElseThrow())
        .isGreaterThan(1);
    assertThat(enough.needed().orElseThrow()).isLessThanOrEqualTo(10);
  }

  /** Forecasts from rounds with 40 events at the beginning and 40 more in the following minutes. */
  private static Forecasts forecasts() {
    InMemoryRoundHistory history = InMemoryRoundHistory.create();
    Instant now = Time.system().now();
    for (int i = 12; i > 0; i--) {
      Instant at = now.minus(Duration.ofMinutes(3L * i));
      history.append(
          SampleRound.ended(RoundRecord.idOf("", "manager", at), at.plusSeconds(170))
              .of("", "manager")
              .counts(new RoundRecord.Counts(40, 80, 120, 0, 0, 0, 120, 0))
              .arrivals(40L, 40L)
              .build());
    }
    Forecasts forecasts = new Forecasts(history, Forecaster.lastValue(), Optional.empty());
    forecasts.learn(now);
    return forecasts;
  }

  @Test
  void whatIsForecastToComeIsDecidedOn() {
    ManagerOptions round = ManagerOptions.round().withEmergencyLimit(RateLimit.of(60).perMinute());

    ScalingDecision reaction = decide(round, RetryPolicy.NONE, Optional.empty());
    ScalingDecision foreseen = decide(round, RetryPolicy.NONE, Optional.of(forecasts()));

    assertThat(reaction.limit()).isEqualTo(RateLimit.of(20).perMinute());
    assertThat(foreseen.limit().perMinute()).isGreaterThan(35);
    assertThat(foreseen.reason()).isEqualTo(Reason.ARRIVALS_FORECAST);
  }

  @Test
  void aServiceHasNoRoundsToForecast() {
    ManagerOptions service =
        ManagerOptions.continuous().withEmergencyLimit(RateLimit.of(60).perMinute());

    assertThat(decide(service, RetryPolicy.NONE, Optional.of(forecasts())).limit())
        .isEqualTo(RateLimit.of(20).perMinute());
  }
}
