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
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Compares the closed form with the limit itself, start by start, and with random trials. */
class OutlookTest {

  /** Each start is up to a microsecond late, because times are whole microseconds. */
  private static final double ROUNDED_UP = 2e-6;

  private static final int MANY = 1_000;

  private static double finish(Situation situation, RateLimit limit) {
    return finish(situation, limit, MANY);
  }

  private static double finish(Situation situation, RateLimit limit, int workers) {
    return Outlook.of(situation.input()).finishSeconds(limit, workers);
  }

  @Test
  void theMission() {
    Outlook outlook = Outlook.of(mission().input());

    assertThat(outlook.finishSeconds(perMinute(20), 10)).isEqualTo(331);
    assertThat(outlook.lowestLimit(perMinute(60), 10, 0.001)).contains(perMinute(38));
    assertThat(outlook.requiredWorkers()).isEqualTo(6);
    assertThat(outlook.rateLimitedWorkers(perMinute(20))).isEqualTo(4);
    assertThat(outlook.confidence(perMinute(38), 7)).isEqualTo(1);
    assertThat(outlook.confidence(perMinute(37), 7)).isZero();
  }

  @Test
  void aLongEventOfHighPriorityIsNotTheLast() {
    EventType urgent = new EventType("URGENT", Priority.HIGH, Duration.ofSeconds(60));
    EventType later = new EventType("LATER", Priority.LOW, Duration.ofSeconds(5));
    Workload both = Workload.of(Map.of(urgent, 1L, later, 60L));

    // The urgent one ends after 60 s, the last of the others starts after 180 s.
    assertThat(finish(mission().waiting(both), perMinute(20))).isEqualTo(185);
  }

  @Test
  void fewWorkersHoldTheStartsBack() {
    // 108 starts, each at the latest 10 s / 2 after the one before it.
    assertThat(Outlook.of(mission().input()).finishSeconds(perMinute(20), 2))
        .isBetween(540.0, 550.0);
  }

  @Test
  void workersHoldNothingBackWhileSomeAreIdle() {
    EventType longOne = new EventType("LONG", Priority.HIGH, Duration.ofSeconds(30));
    Situation almostDone = mission().waiting(Workload.of(longOne, 2)).inFlight(4).activeWorkers(10);

    // 2 starts, 1 s apart, on 6 idle workers: 30 s / 10 between them does not apply.
    assertThat(finish(almostDone, perMinute(60), 10)).isEqualTo(1 + 30);
    assertThat(finish(almostDone, perMinute(60), 5)).isGreaterThan(1 + 30);
  }

  @Test
  void longerEventsInFlightKeepTheirWorkers() {
    EventType shortOne = new EventType("SHORT", Priority.LOW, Duration.ofSeconds(8));
    Situation situation = mission().waiting(Workload.of(shortOne, 50)).activeWorkers(10);

    assertThat(suffice(situation.inFlight(4))).isTrue();
    assertThat(suffice(situation.inFlight(5))).isTrue();
    assertThat(suffice(situation.inFlight(7))).isFalse();
  }

  /** Returns whether 10 workers suffice for 30 starts per minute. */
  private static boolean suffice(Situation situation) {
    return Outlook.of(situation.input()).workersSuffice(perMinute(30), 10);
  }

  @Test
  void weightsCount() {
    Workload heavy =
        Workload.ofParts(List.of(new Workload.Part(TEN_SECONDS, 108, 324, 3, Optional.empty())));

    // 107 starts, 6 a minute: a window of 20 has no room for a 7th of weight 3.
    assertThat(finish(mission().waiting(heavy), perMinute(20))).isEqualTo(107 * 10 + 10);
    assertThat(finish(mission().waiting(heavy), perMinute(21)))
        .isCloseTo(107 * 60 / 7.0 + 10, within(1e-9));
    assertThat(Outlook.of(mission().waiting(heavy).input()).lowestLimit(perMinute(200), 50, 0.001))
        .contains(perMinute(114));
  }

  @Test
  void noLimitIsTooSmallForTheHeaviestEvent() {
    Workload few =
        Workload.ofParts(List.of(new Workload.Part(TEN_SECONDS, 2, 6, 3, Optional.empty())));

    assertThat(
            Outlook.of(mission().waiting(few).secondsLeft(1_000).input())
                .lowestLimit(RateLimit.parse("200/3s"), 10, 0.001))
        .contains(RateLimit.parse("3/3s"));
    assertThat(
            Outlook.of(mission().waiting(few).secondsLeft(1_000).input())
                .lowestLimit(RateLimit.parse("2/s"), 10, 0.001))
        .isEmpty();
  }

  @Test
  void whatTheRoundWaitsForCounts() {
    Situation held = mission().nextStart(START.plusSeconds(60));

    assertThat(finish(held, perMinute(20))).isEqualTo(391);
    assertThat(finish(held, perMinute(60))).as("whatever the limit").isEqualTo(60 + 117);
  }

  /** As a new queue of 20/min with the ceiling 60/min assumes its past. */
  @Test
  void aWindowThatAFasterLimitHasFilledHoldsThatOneTheLeast() {
    Situation full =
        mission()
            .emergencyLimit(perMinute(60))
            .latestStart(START)
            .startsInWindow(60)
            .nextStart(START.plusSeconds(41));

    assertThat(finish(full, perMinute(60))).isEqualTo(1 + 117);
    assertThat(finish(full, perMinute(45))).isCloseTo(16 + 107 * 60 / 45.0 + 10, within(1e-3));
    assertThat(finish(full, perMinute(20))).isEqualTo(41 + 107 * 3 + 10);
    full.nextStart(START.plusSeconds(50));
    assertThat(finish(full, perMinute(60))).as("a pause holds whatever the limit").isEqualTo(167);
  }

  @Test
  void thePaceOfTheLimitInForceDoesNotHoldAnother() {
    Situation paced = mission().latestStart(START.minusSeconds(1)).nextStart(START.plusSeconds(2));

    assertThat(finish(paced, perMinute(20))).isEqualTo(333);
    assertThat(finish(paced, perMinute(60))).isEqualTo(117);
  }

  @Test
  void afterAnEmergencyTheWindowIsStillFull() {
    Situation emergency =
        mission()
            .events(TEN_SECONDS, 10)
            .limitInForce(perMinute(40))
            .emergencyLimit(perMinute(60))
            .latestStart(START)
            .startsInWindow(40);

    // At the latest, the newest 19 starts were one second apart: the 20th leaves after 41 s.
    assertThat(finish(emergency, perMinute(20))).isEqualTo(41 + 27 + 10);
    // With room for 8, the 9th waits until the first of the 12 leaves.
    assertThat(finish(emergency.startsInWindow(12), perMinute(20))).isEqualTo(49 + 3 + 10);
    assertThat(finish(emergency.startsInWindow(10), perMinute(20))).isEqualTo(3 + 27 + 10);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void finishIsWhenTheLimitLetsTheLastEventFinish(
      @ForAll @Size(3) List<@IntRange(max = 60) Integer> counts,
      @ForAll @Size(3) List<@IntRange(min = 1, max = 60_000) Integer> millis,
      @ForAll @IntRange(min = 1, max = 500) int permits,
      @ForAll @LongRange(min = 1_000, max = 120_000_000) long periodMicros,
      @ForAll @LongRange(min = -1, max = 100_000_000) long microsSinceStart) {
    Assume.that(counts.stream().anyMatch(count -> count > 0));
    RateLimit limit = RateLimit.of(permits).per(micros(periodMicros)).withBurst(1);
    Situation situation =
        mission().waiting(workload(counts, millis)).normalLimit(limit).limitInForce(limit);
    LimitState state = LimitState.unused(LimitSettings.of(limit));
    if (microsSinceStart >= 0) {
      Instant latest = START.minus(micros(microsSinceStart));
      situation.latestStart(latest);
      state = ((Decision.Granted) state.decide(latest, 1)).next();
    }

    double finish = Outlook.of(situation.input()).finishSeconds(limit, 1_000_000_000);

    assertThat(finish).isCloseTo(finish(state, counts, millis), within(ROUNDED_UP));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void theLowestLimitIsTheLowestThatIsInTime(
      @ForAll @Size(3) List<@IntRange(max = 60) Integer> counts,
      @ForAll @Size(3) List<@IntRange(min = 1, max = 60_000) Integer> millis,
      @ForAll @IntRange(min = 1, max = 600_000) int millisLeft) {
    Assume.that(counts.stream().anyMatch(count -> count > 0));
    double left = millisLeft / 1e3;
    Situation situation = mission().waiting(workload(counts, millis)).secondsLeft(left);
    Outlook outlook = Outlook.of(situation.input());

    Optional<RateLimit> lowest = outlook.lowestLimit(perMinute(6_000), 1_000_000, 0.001);

    if (lowest.isEmpty()) {
      assertThat(outlook.finishSeconds(perMinute(6_000), 1_000_000)).isGreaterThan(left);
    } else {
      int permits = lowest.get().permits();
      assertThat(outlook.finishSeconds(lowest.get(), 1_000_000)).isLessThan(left + ROUNDED_UP);
      if (permits > 1) {
        assertThat(outlook.finishSeconds(perMinute(permits - 1), 1_000_000))
            .isGreaterThan(left - ROUNDED_UP);
      }
    }
  }

  @Test
  void theConfidenceIsThatOfManyTries() {
    Expectations expected =
        new Expectations(
            0.1, 3, 0.2, 2, new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(30)));
    Situation situation = mission().events(TEN_SECONDS, 60).expectations(expected);
    for (double left : new double[] {250, 265, 280}) {
      double told = Outlook.of(situation.secondsLeft(left).input()).confidence(perMinute(20), MANY);
      double seen = inTime(left, 60, 3, expected);

      // Never more than the truth, and not much less.
      assertThat(told).as("%s s", left).isBetween(seen - 0.06, seen + 0.01);
    }
  }

  /** Returns how often all of some events of 10 s end in time under a paced limit. */
  private static double inTime(double left, int events, double interval, Expectations expected) {
    SplittableRandom random = new SplittableRandom(7);
    int tries = 20_000;
    int met = 0;
    for (int i = 0; i < tries; i++) {
      java.util.PriorityQueue<double[]> due =
          new java.util.PriorityQueue<>(java.util.Comparator.comparingDouble(d -> d[0]));
      int fresh = events;
      double now = 0;
      double finish = 0;
      while (fresh > 0 || !due.isEmpty()) {
        int attempt = 1;
        if (!due.isEmpty() && (due.peek()[0] <= now || fresh == 0)) {
          double[] retry = due.remove();
          now = Math.max(now, retry[0]);
          attempt = (int) retry[1];
        } else {
          fresh--;
        }
        double end = now + (random.nextDouble() < expected.slowRate() ? 20 : 10);
        finish = Math.max(finish, end);
        if (random.nextDouble() < expected.failureRate() && attempt <= expected.retries()) {
          double backoff = Math.pow(2, attempt - 1.0) * (1 - 0.5 * random.nextDouble());
          due.add(new double[] {end + backoff, attempt + 1});
        }
        now += interval;
      }
      met += finish <= left ? 1 : 0;
    }
    return met / (double) tries;
  }

  @Test
  void retriesHaveTheDistributionOfTheirSum() {
    Expectations expected = new Expectations(0.3, 2, 0, 1);
    double[] one = {0.7, 0.21, 0.09};
    double[] sum = {1};
    for (int event = 0; event < 12; event++) {
      double[] next = new double[sum.length + 2];
      for (int i = 0; i < sum.length; i++) {
        for (int j = 0; j < 3; j++) {
          next[i + j] += sum[i] * one[j];
        }
      }
      sum = next;
    }
    Retries retries = Retries.of(12, expected);

    for (int i = 0; i < retries.size(); i++) {
      assertThat(retries.value(i)).isEqualTo(i);
      assertThat(retries.probability(i)).isCloseTo(sum[i], within(1e-8));
    }
    assertThat(retries.mean()).isCloseTo(12 * 0.39, within(1e-9));
    assertThat(retries.quantile(0.999)).isEqualTo(13);
  }

  @Test
  void manyRetriesAreAsGoodAsNormal() {
    Expectations expected = new Expectations(0.05, 3, 0, 1);
    Retries exact = Retries.of(3_700, expected);
    Retries normal = Retries.of(3_900, expected);

    assertThat(exact.mean()).isLessThan(200);
    assertThat(normal.mean()).isGreaterThan(200);
    double deviations = (exact.quantile(0.999) - exact.mean()) / Math.sqrt(exact.variance());
    double same = (normal.quantile(0.999) - normal.mean()) / Math.sqrt(normal.variance());
    assertThat(same).isCloseTo(deviations, within(0.2));
  }

  @Test
  void theConfidenceFallsWithTheTime() {
    Situation situation = mission().expectations(new Expectations(0.05, 3, 0.1, 2));
    double before = 1;
    for (double left = 420; left > 300; left -= 5) {
      double now = Outlook.of(situation.secondsLeft(left).input()).confidence(perMinute(20), 10);
      assertThat(now).isLessThanOrEqualTo(before).isBetween(0.0, 1.0);
      before = now;
    }
    assertThat(before).isLessThan(0.01);
  }

  @Test
  void workersForTheQuantile() {
    // 108 × 10 s in 180 s need 6; the rest is for 99.9% of all rounds.
    assertThat(Outlook.of(mission().input()).workSeconds()).isEqualTo(1080);
    Outlook outlook = Outlook.of(mission().expectations(new Expectations(0.05, 3, 0.1, 2)).input());
    assertThat(outlook.workSeconds()).isBetween(114 * 11.0, 114 * 11.0 + 4 * 50);
    assertThat(outlook.requiredWorkers()).isEqualTo(8);
    assertThat(outlook.rateLimitedWorkers(perMinute(20))).isEqualTo(4);
  }

  /** Returns the finish if each priority's last event is its longest. */
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
