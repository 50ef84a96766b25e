package io.ratelimit.core.scaling;

import static io.ratelimit.core.scaling.Situation.TEN_SECONDS;
import static io.ratelimit.core.scaling.Situation.mission;
import static io.ratelimit.core.scaling.Situation.perMinute;
import static io.ratelimit.core.scaling.Situation.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The inputs and outputs of policies. */
class ScalingValuesTest {

  static Stream<Arguments> refusals() {
    return Stream.of(
        row(() -> new WorkerRange(0, 1), "1 ≤ min ≤ max ≤ 100000 but are min 0, max 1"),
        row(() -> new WorkerRange(2, 1), "are min 2, max 1"),
        row(() -> new WorkerRange(1, 100_001), "are min 1, max 100001"),
        row(() -> expect(-0.1, 0, 0, 1), "failure rate must be 0 to 1 but is -0.1"),
        row(() -> expect(1.1, 0, 0, 1), "failure rate must be 0 to 1 but is 1.1"),
        row(() -> expect(Double.NaN, 0, 0, 1), "failure rate must be 0 to 1 but is NaN"),
        row(() -> expect(0, 0, Double.NaN, 1), "slow rate must be 0 to 1 but is NaN"),
        row(() -> expect(0, -1, 0, 1), "retries must be 0 to 1000 but are -1"),
        row(() -> expect(0, 1_001, 0, 1), "retries must be 0 to 1000 but are 1001"),
        row(() -> expect(0, 0, 0, 0.5), "slow factor must be 1 to 1000 but is 0.5"),
        row(() -> expect(0, 0, 0, Double.NaN), "slow factor must be 1 to 1000 but is NaN"),
        row(() -> new Confidence(0.49), "confidence must be 0.5 to 0.99999 but is 0.49"),
        row(() -> new Confidence(1), "but is 1.0"),
        row(() -> new Confidence(Double.NaN), "but is NaN"),
        row(() -> new Backoff(seconds(2), 1, seconds(1)), "initial PT2S, longest PT1S"),
        row(() -> new Backoff(seconds(1), 0.5, seconds(1)), "multiplier must be 1 to 100"),
        row(
            () -> new Workload.Part(TEN_SECONDS, 2, 7, 3, Optional.empty()),
            "2 events of at most 3 permits each cannot cost 7 permits"),
        row(() -> mission().startsInWindow(-1).input(), "starts in the window -1"),
        row(() -> mission().inFlight(-1).input(), "in flight -1"),
        row(() -> mission().arrivalsPerMinute(-1).input(), "arrivals per minute -1.0"),
        row(() -> mission().arrivalsPerMinute(Double.NaN).input(), "arrivals per minute NaN"));
  }

  private static Arguments row(ThrowingCallable call, String rule) {
    return Arguments.of(rule, call);
  }

  private static Expectations expect(double failing, int retries, double slow, double factor) {
    return new Expectations(failing, retries, slow, factor);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refusals(String rule, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(rule);
  }

  @Test
  void theLimitsOfTheRangesAreAllowed() {
    assertThatCode(() -> expect(1, 1_000, 1, 1_000)).doesNotThrowAnyException();
    assertThatCode(() -> new WorkerRange(100_000, 100_000)).doesNotThrowAnyException();
  }

  @Test
  void expectedAttempts() {
    assertThat(Expectations.NONE.attemptsPerEvent()).isEqualTo(1);
    assertThat(expect(0.05, 3, 0, 1).attemptsPerEvent())
        .isCloseTo(1 + 0.05 + 0.0025 + 0.000125, within(1e-12));
    assertThat(expect(1, 3, 0, 1).attemptsPerEvent()).isEqualTo(4);
    assertThat(expect(0.5, 0, 0, 1).attemptsPerEvent()).isEqualTo(1);
  }

  @Test
  void expectedTime() {
    assertThat(expect(0, 0, 0.1, 2).meanTimeFactor()).isCloseTo(1.1, within(1e-12));
    assertThat(expect(0, 0, 0.1, 2).worstTimeFactor()).isEqualTo(2);
    assertThat(expect(0, 0, 0, 2).worstTimeFactor()).isEqualTo(1);
  }

  @Test
  void aWorkloadOfAMix() {
    Workload mix =
        Workload.of(Map.of(EventType.REBALANCE_NEEDED, 1L, EventType.BALANCE_CHECK_REQUIRED, 3L));

    assertThat(mix.events()).isEqualTo(4);
    assertThat(mix.totalSeconds()).isEqualTo(14);
    assertThat(mix.meanSeconds()).isEqualTo(3.5);
    assertThat(mix.longestSeconds()).isEqualTo(8);
    assertThat(mix).hasToString("4 events, 14.0 s");
  }

  @Test
  void unknownWorkIsAverage() {
    Workload some = Workload.of(TEN_SECONDS, 2).plusAverage(3);
    assertThat(some.events()).isEqualTo(5);
    assertThat(some.totalSeconds()).isEqualTo(50);

    Workload onlyUnknown = Workload.none().plusAverage(3);
    assertThat(onlyUnknown.events()).isEqualTo(3);
    assertThat(onlyUnknown.meanSeconds()).isEqualTo(10);
    assertThat(onlyUnknown.longestSeconds()).isEqualTo(10);
    assertThat(Workload.none().plusAverage(0).longestSeconds()).isZero();
  }

  @Test
  void unknownWorkComesAfterAllThatIsKnown() {
    Workload known =
        Workload.of(Map.of(EventType.REBALANCE_NEEDED, 1L, EventType.OPEN_ORDER_DETECTED, 1L));

    Workload more = known.plusAverage(3);
    assertThat(events(more, Priority.HIGH)).isEqualTo(1);
    assertThat(events(more, Priority.NORMAL)).isEqualTo(4);

    Workload urgent = Workload.of(EventType.REBALANCE_NEEDED, 1).plusAverage(3);
    assertThat(events(urgent, Priority.HIGH)).isEqualTo(4);
  }

  private static double events(Workload work, Priority priority) {
    return work.groups(priority.rank()).stream().mapToDouble(Workload.Group::events).sum();
  }

  @Test
  void manyKindsAreTakenTogether() {
    Map<EventType, Long> kinds = new HashMap<>();
    for (int i = 1; i <= 30; i++) {
      kinds.put(new EventType("T" + i, Priority.NORMAL, seconds(i)), 2L);
    }
    Workload work = Workload.of(kinds);

    assertThat(work.events()).isEqualTo(60);
    assertThat(work.longestSeconds()).isEqualTo(30);
    assertThat(work.groups(Priority.NORMAL.rank())).hasSize(8);
  }

  @Test
  void aWorkloadOfWeights() {
    Workload work =
        Workload.ofParts(
            List.of(
                new Workload.Part(TEN_SECONDS, 4, 10, 3, Optional.empty()),
                Workload.Part.of(EventType.REBALANCE_NEEDED, 2)));

    assertThat(work.permits()).isEqualTo(12);
    assertThat(work.heaviest()).isEqualTo(3);
    assertThat(Workload.none().heaviest()).isEqualTo(1);
    assertThat(work.plusAverage(6).permits()).isEqualTo(24);
  }

  @Test
  void aRangeOfWhatExists() {
    assertThat(new WorkerRange(3, 10).atMost(20)).isEqualTo(new WorkerRange(3, 10));
    assertThat(new WorkerRange(3, 10).atMost(5)).isEqualTo(new WorkerRange(3, 5));
    assertThat(new WorkerRange(3, 10).atMost(0)).isEqualTo(new WorkerRange(1, 1));
  }

  @Test
  void backoffsAddUp() {
    Backoff backoff = new Backoff(seconds(1), 2, seconds(3));

    assertThat(backoff.seconds(0)).isZero();
    assertThat(backoff.seconds(2)).isEqualTo(3);
    assertThat(backoff.seconds(4)).as("1, 2, 3, 3").isEqualTo(9);
  }

  @Test
  void anInputNeedsLittle() {
    ScalingInput least =
        ScalingInput.of(
            Situation.START,
            Workload.of(TEN_SECONDS, 108),
            seconds(180),
            perMinute(20),
            WorkerRange.DEFAULT);

    assertThat(least).usingRecursiveComparison().isEqualTo(mission().input());
    assertThat(least.withEmergencyLimit(perMinute(60)))
        .usingRecursiveComparison()
        .isEqualTo(mission().emergencyLimit(perMinute(60)).input());
    ScalingDecision decision = mission().decideBy(ScalingPolicy.standard());
    assertThat(least.withPrevious(decision))
        .usingRecursiveComparison()
        .isEqualTo(mission().previous(decision).input());
  }

  @Test
  void negativeCountsAreNone() {
    assertThat(Workload.of(TEN_SECONDS, -5).isEmpty()).isTrue();
    assertThat(Workload.of(TEN_SECONDS, 5).plusAverage(-5).events()).isEqualTo(5);
  }

  @Test
  void hugeCountsDoNotOverflow() {
    Workload huge =
        Workload.of(
            Map.of(
                EventType.REBALANCE_NEEDED, Long.MAX_VALUE,
                EventType.OPEN_ORDER_DETECTED, Long.MAX_VALUE));

    assertThat(huge.plusAverage(Long.MAX_VALUE).events()).isEqualTo(3_000_000_000_000_000L);
    assertThat(huge.meanSeconds()).isEqualTo(6);
  }

  @Test
  void noWorkHasTheMeanOfAnUnknownType() {
    assertThat(Workload.none().meanSeconds()).isEqualTo(10);
    assertThat(Workload.none().longestSeconds()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void everyReasonIsExplained(Reason reason) {
    ScalingDecision decision =
        mission().decideBy(new DemandPolicy()).withWorkers(4, Constraint.RATE, reason);

    assertThat(decision.explanation())
        .startsWith("4 workers at 20/min: ")
        .hasSizeGreaterThan("4 workers at 20/min: ".length());
  }

  @Test
  void theBottleneckIsExplainedWithWhatItWouldTake() {
    assertThat(mission().decideBy(new DemandPolicy()).explanation())
        .isEqualTo("4 workers at 20/min: limit is the bottleneck (6 would be required without it)");
  }

  @Test
  void asksTheSame() {
    ScalingDecision decision = mission().decideBy(new DemandPolicy());

    assertThat(decision.asksTheSameAs(decision.withFewerSince(Optional.of(Instant.EPOCH))))
        .isTrue();
    assertThat(
            decision.asksTheSameAs(
                decision.withWorkers(5, decision.constraint(), decision.reason())))
        .isFalse();
    for (Reason reason : Reason.values()) {
      boolean isNews =
          reason == Reason.DEADLINE_OUT_OF_REACH
              || reason == Reason.DEADLINE_UNSURE
              || reason == Reason.QUEUE_EMPTY
              || reason == Reason.KEYS_NOT_KNOWN;
      ScalingDecision other = decision.withWorkers(4, decision.constraint(), reason);
      assertThat(decision.asksTheSameAs(other)).as(reason.name()).isEqualTo(!isNews);
    }
    ScalingDecision unsure = decision.withWorkers(4, decision.constraint(), Reason.DEADLINE_UNSURE);
    assertThat(decision.asksTheSameAs(unsure.withProjection(Duration.ZERO, 0.992)))
        .as("hardly less sure than asked for")
        .isTrue();
    assertThat(decision.asksTheSameAs(unsure.withProjection(Duration.ZERO, 0.98))).isFalse();
  }
}
