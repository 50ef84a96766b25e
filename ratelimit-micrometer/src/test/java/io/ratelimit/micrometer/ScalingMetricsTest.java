package io.ratelimit.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScalingMetricsTest {

  private static final Duration LEFT = Duration.ofMinutes(3);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final VirtualTime time = VirtualTime.atEpoch();
  private final ScalingMetrics metrics = ScalingMetrics.of(registry, "audits", time);

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  private void assertNothingIsKnown() {
    assertThat(registry.getMeters())
        .hasSize(10)
        .allMatch(meter -> Double.isNaN(meter.measure().iterator().next().getValue()));
  }

  @Test
  void theLastDecisionIsShown() {
    metrics.decided(Samples.decision(Constraint.WORK, Duration.ofSeconds(5), LEFT), 1);
    metrics.decided(Samples.decision(Constraint.RATE, Duration.ofMillis(200_500), LEFT), 3);

    assertThat(gauge("ratelimit.workers.desired")).isEqualTo(4);
    assertThat(gauge("ratelimit.workers.active")).isEqualTo(3);
    assertThat(gauge("ratelimit.workers.required")).isEqualTo(6);
    assertThat(gauge("ratelimit.workers.rate.limited")).isEqualTo(5);
    assertThat(gauge("ratelimit.scaling.constraint", "constraint", "rate")).isOne();
    assertThat(gauge("ratelimit.scaling.constraint", "constraint", "workers")).isZero();
    assertThat(gauge("ratelimit.scaling.constraint", "constraint", "work")).isZero();
    assertThat(gauge("ratelimit.deadline.left")).isEqualTo(180);
    assertThat(gauge("ratelimit.deadline.projected")).isEqualTo(200.5);
    assertThat(gauge("ratelimit.deadline.margin")).isEqualTo(-20.5);
  }

  @Test
  void timesBeyondAnyMeasureAreShownToo() {
    metrics.decided(
        Samples.decision(
            Constraint.RATE,
            Duration.ofSeconds(Long.MAX_VALUE),
            Duration.ofSeconds(Long.MIN_VALUE)),
        1);

    assertThat(gauge("ratelimit.deadline.margin")).isLessThan(-1e18);
  }

  @Test
  void anOldDecisionIsNoAnswer() {
    assertNothingIsKnown();

    metrics.decided(Samples.decision(Constraint.RATE, LEFT, LEFT), 3);
    time.advance(Duration.ofMillis(59_999));
    assertThat(gauge("ratelimit.workers.desired")).isEqualTo(4);

    time.advance(Duration.ofMillis(1));
    assertNothingIsKnown();
  }

  @Test
  void aDecisionThatIsToldAgainDoesNotGetYoungerButANewOneIsYoung() {
    ScalingDecision first = Samples.decision(Constraint.RATE, LEFT, LEFT);
    metrics.decided(first, 3);
    time.advance(Duration.ofSeconds(40));
    metrics.decided(first, 2);
    assertThat(gauge("ratelimit.workers.active")).isEqualTo(2);
    time.advance(Duration.ofSeconds(20));
    assertNothingIsKnown();

    metrics.decided(Samples.decisionAt(time.now(), Constraint.RATE, LEFT, LEFT), 1);
    assertThat(gauge("ratelimit.workers.active")).isOne();
  }

  @Test
  void whereDecisionsAreFurtherApartTheyAreGoodForLonger() {
    ScalingMetrics patient = ScalingMetrics.of(registry, "other", time, Duration.ofMinutes(10));
    patient.decided(Samples.decision(Constraint.RATE, LEFT, LEFT), 3);

    time.advance(Duration.ofMinutes(9));

    assertThat(gauge("ratelimit.workers.desired", "queue", "other")).isEqualTo(4);
    assertThatThrownBy(() -> ScalingMetrics.of(registry, "none", time, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be more than zero but is PT0S");
  }

  @Test
  void nothingIsKnownOnceNobodyDecides() {
    metrics.decided(Samples.decision(Constraint.RATE, LEFT, LEFT), 3);

    metrics.unknown();

    assertNothingIsKnown();
  }
}
