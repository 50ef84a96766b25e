package io.ratelimit.core.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.scaling.TypeHistory.ProcessingTimes;
import java.time.Duration;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Declared and learned estimates. */
class TypeEstimateTest {

  private static final EventType TYPE =
      new EventType("TYPE", Priority.NORMAL, Duration.ofSeconds(2));
  private static final Expectations EXPECTED = new Expectations(0.05, 3, 0.1, 2);

  private static TypeHistory history(int attempts, Duration time) {
    TypeHistory history = TypeHistory.NONE;
    for (int i = 0; i < attempts; i++) {
      history = history.with(time, false);
    }
    return history;
  }

  @Test
  void withoutEvidenceItIsWhatWasDeclared() {
    TypeEstimate estimate = TypeEstimate.of(TYPE, EXPECTED, TypeHistory.NONE);

    assertThat(estimate.typicalSeconds()).isCloseTo(2, within(1e-9));
    assertThat(estimate.slowShare()).isEqualTo(0.1);
    assertThat(estimate.slowSeconds()).isCloseTo(4, within(1e-9));
    assertThat(estimate.failureRate()).isCloseTo(0.05, within(1e-9));
    assertThat(estimate.uncertainSeconds()).isZero();
  }

  @Test
  void whatIsSeenAsDeclaredLeavesTheDeclaredTime() {
    EventType type = new EventType("TYPE", Priority.NORMAL, Duration.ofMillis(13_001));
    Duration slow = Duration.ofMillis(26_002);

    TypeEstimate estimate =
        TypeEstimate.of(type, EXPECTED, history(500, Duration.ofMillis(13_001)).with(slow, false));

    assertThat(estimate.typicalSeconds()).isCloseTo(13.001, within(1e-9));
    assertThat(TypeEstimate.of(type, EXPECTED, history(100, slow)).slowSeconds())
        .isCloseTo(26.002, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 1, 10})
  void itFollowsWhatIsSeen(double factor) {
    Duration real = Duration.ofMillis(Math.round(2_000 * factor));
    double before = Double.POSITIVE_INFINITY;
    for (int attempts : new int[] {10, 100, 1_000}) {
      TypeEstimate estimate = TypeEstimate.of(TYPE, EXPECTED, history(attempts, real));
      double off = Math.abs(estimate.typicalSeconds() / (2 * factor) - 1);
      assertThat(off).as("%d attempts", attempts).isLessThan(Math.max(0.07, before));
      before = off;
    }
    assertThat(before).isLessThan(0.12);
  }

  @Test
  void itsUncertaintyShrinksWithEvidence() {
    double before = Double.POSITIVE_INFINITY;
    for (int attempts : new int[] {20, 100, 500}) {
      double now =
          TypeEstimate.of(TYPE, EXPECTED, history(attempts, Duration.ofSeconds(12)))
              .uncertainSeconds();
      assertThat(now).isPositive().isLessThan(before);
      before = now;
    }
  }

  @Test
  void aTypeThatNobodyDeclaredStartsAtTenSeconds() {
    EventType unknown = EventType.of("UNKNOWN");

    assertThat(TypeEstimate.of(unknown, EXPECTED, TypeHistory.NONE).typicalSeconds())
        .isCloseTo(10, within(1e-9));
    assertThat(
            TypeEstimate.of(unknown, EXPECTED, history(200, Duration.ofMillis(300)))
                .typicalSeconds())
        .isLessThan(1);
  }

  @Test
  void anOutlierMovesLittle() {
    TypeHistory history = history(50, Duration.ofSeconds(2)).with(Duration.ofHours(20), false);

    TypeEstimate estimate = TypeEstimate.of(TYPE, EXPECTED, history);

    assertThat(estimate.typicalSeconds()).isCloseTo(2, within(0.15));
    assertThat(estimate.slowSeconds()).isLessThan(6);
  }

  @Test
  void failuresAreLearned() {
    TypeHistory history = TypeHistory.NONE;
    for (int i = 0; i < 90; i++) {
      history = history.with(Duration.ofSeconds(2), i % 3 == 0);
    }

    assertThat(TypeEstimate.of(TYPE, EXPECTED, history).failureRate())
        .isCloseTo((0.5 + 30) / 100, within(1e-9));
  }

  @Test
  void whatIsOldIsForgotten() {
    TypeHistory history = history(5_000, Duration.ofSeconds(2));
    assertThat(history.attempts()).isLessThan(ProcessingTimes.MOST);
    assertThat(history.times().total()).isLessThan(ProcessingTimes.MOST);

    for (int i = 0; i < 3_000; i++) {
      history = history.with(Duration.ofSeconds(20), true);
    }

    assertThat(TypeEstimate.of(TYPE, EXPECTED, history).typicalSeconds())
        .isCloseTo(20, within(3.0));
    assertThat(history.failures()).isGreaterThan(history.attempts() * 3 / 4);
  }

  @Test
  void estimatesFeedTheWork() {
    TypeEstimate slower = TypeEstimate.of(TYPE, EXPECTED, history(500, Duration.ofSeconds(12)));
    Workload work =
        Workload.ofParts(
            java.util.List.of(new Workload.Part(TYPE, 60, 60, 1, java.util.Optional.of(slower))));

    assertThat(work.meanSeconds()).isCloseTo(12, within(0.8));
    assertThat(
            Outlook.of(Situation.mission().waiting(work).input())
                .rateLimitedWorkers(Situation.perMinute(20)))
        .isBetween(4, 5);
  }

  @Property
  void aBucketHoldsWhatIsNearItsMiddle(@ForAll @LongRange(min = 8, max = 86_400_000) long millis) {
    int bucket = ProcessingTimes.bucket(Duration.ofMillis(millis));

    assertThat(bucket).isBetween(0, ProcessingTimes.BUCKETS - 1);
    assertThat(ProcessingTimes.middleSeconds(bucket) / (millis / 1e3)).isBetween(0.94, 1.07);
    int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(millis);
    assertThat(bucket).isEqualTo(8 * (exponent - 2) + (int) ((millis >> (exponent - 3)) % 8));
  }

  @Test
  void countsTravel() {
    ProcessingTimes times =
        ProcessingTimes.NONE
            .with(Duration.ofSeconds(-1))
            .with(Duration.ofMillis(7))
            .with(Duration.ofDays(400))
            .with(Duration.ofDays(1));

    assertThat(ProcessingTimes.of(times.counts())).isEqualTo(times).hasSameHashCodeAs(times);
    assertThat(times.total()).isEqualTo(4);
    assertThat(times.counts()).containsEntry(0, 1L).containsEntry(7, 1L).hasSize(3);
    TreeMap<Integer, Long> bad = new TreeMap<>();
    bad.put(ProcessingTimes.BUCKETS, 1L);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProcessingTimes.of(bad))
        .withMessageContaining("must be 0 to 199");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TypeHistory(1, 2, ProcessingTimes.NONE))
        .withMessageContaining("failures 2, attempts 1");
  }
}
