package io.ratelimit.core.scaling;

import static io.ratelimit.core.scaling.Situation.mission;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Laws of every decision of the standard policy, however absurd the situation. */
class ScalingPolicyProperties {

  private static final ScalingPolicy STANDARD = ScalingPolicy.standard();

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void theWorkersAreWithinTheirRange(@ForAll long seed) {
    ScalingInput input = absurd(seed).input();

    assertThat(STANDARD.decide(input).workers())
        .isPositive()
        .isBetween(input.workers().min(), input.workers().max());
  }

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void theLimitIsNeverAboveTheCeilingNorBelowTheNormalOne(@ForAll long seed) {
    ScalingInput input = absurd(seed).input();
    ScalingDecision decision = STANDARD.decide(input);
    RateLimit normal = input.normalLimit();
    RateLimit ceiling =
        input.emergencyLimit().filter(most -> most.isFasterThan(normal)).orElse(normal);

    assertThat(decision.limit().isFasterThan(ceiling)).isFalse();
    assertThat(normal.isFasterThan(decision.limit())).isFalse();
    assertThat(decision.mode())
        .isEqualTo(decision.limit().isFasterThan(normal) ? Mode.EMERGENCY : Mode.NORMAL);
  }

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void theSameSituationGetsTheSameDecision(@ForAll long seed) {
    assertThat(absurd(seed).decideBy(STANDARD))
        .isEqualTo(absurd(seed).decideBy(ScalingPolicy.standard()));
  }

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void everyDecisionExplainsItself(@ForAll long seed) {
    ScalingInput input = absurd(seed).input();
    ScalingDecision decision = STANDARD.decide(input);

    assertThat(decision.explanation()).startsWith(decision.workers() + " worker");
    assertThat(decision.projectedFinish()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(decision.requiredWorkers()).isNotNegative();
    assertThat(decision.rateLimitedWorkers()).isPositive();
    assertThat(decision.timeLeft()).isEqualTo(input.timeLeft());
    assertThat(decision.at()).isEqualTo(input.now());
  }

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void whatWasDecidedBeforeNeverTakesWorkersAwayNorChangesTheLimit(
      @ForAll long seed, @ForAll long before) {
    ScalingDecision fresh = absurd(seed).decideBy(STANDARD);
    ScalingDecision next =
        absurd(seed).previous(absurd(before).decideBy(STANDARD)).decideBy(STANDARD);

    assertThat(next.workers()).isGreaterThanOrEqualTo(fresh.workers());
    assertThat(next.limit()).isEqualTo(fresh.limit());
  }

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void moreEventsNeverRequireFewerWorkers(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    EventType one = AbsurdSituations.type("ONE", random);
    EventType other = AbsurdSituations.type("OTHER", random);
    long ones = random.nextLong(10_000);
    long others = random.nextLong(10_000);
    double secondsLeft = AbsurdSituations.anyMagnitude(random, 1e-6, 1e6);
    Workload less = Workload.of(Map.of(one, ones, other, others));
    Workload more =
        Workload.of(
            Map.of(one, ones + random.nextLong(10_000), other, others + random.nextLong(10_000)));

    assertThat(required(more, secondsLeft)).isGreaterThanOrEqualTo(required(less, secondsLeft));
  }

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void lessTimeNeverRequiresFewerWorkers(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Workload work = Workload.of(AbsurdSituations.type("TYPE", random), random.nextLong(1_000_000));
    double secondsLeft = AbsurdSituations.anyMagnitude(random, 1e-6, 1e6);

    assertThat(required(work, secondsLeft * random.nextDouble()))
        .isGreaterThanOrEqualTo(required(work, secondsLeft));
  }

  private static int required(Workload work, double secondsLeft) {
    return mission().waiting(work).secondsLeft(secondsLeft).decideBy(STANDARD).requiredWorkers();
  }

  private static Situation absurd(long seed) {
    return AbsurdSituations.of(seed);
  }
}
