package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.ReferenceLimit.Start;
import io.ratelimit.core.limit.Scenario.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Group;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Laws that hold for every limit and every life. */
@SuppressWarnings("ClassCanBeStatic") // jqwik wants groups to be inner classes.
class LimitStateProperties {

  private static final int TRIES = 2_000;

  @Provide
  Arbitrary<Scenario> scenarios() {
    return Arbitraries.oneOf(
        Scenario.under(RandomLimits.small()),
        Scenario.under(RandomLimits.small()),
        Scenario.under(RandomLimits.sameWindow()),
        Scenario.under(RandomLimits.usual()),
        Scenario.under(RandomLimits.dense()),
        Scenario.under(RandomLimits.any()));
  }

  @Provide
  Arbitrary<Scenario> scenariosOfEqualWindows() {
    return Scenario.under(RandomLimits.sameWindow());
  }

  @Group
  class Guarantee {

    @Property(tries = TRIES)
    void everyStartObeysTheLimitInForceAtItOverTheWholeWindowBefore(
        @ForAll("scenarios") Scenario scenario) {
      List<Start> starts = startsOf(scenario);

      for (int i = 0; i < starts.size(); i++) {
        Start start = starts.get(i);
        long held = 0;
        for (Start earlier : starts.subList(0, i + 1)) {
          if (earlier.at() > start.at() - windowOf(start.limit())) {
            held += earlier.weight();
          }
        }
        assertThat(held)
            .as("weight of the starts in the window up to number %d, %s", i, start)
            .isLessThanOrEqualTo(start.limit().permits());
      }
    }

    @Property(tries = TRIES)
    void noHalfOpenWindowHoldsMoreThanTheLargestLimitInIt(
        @ForAll("scenariosOfEqualWindows") Scenario scenario) {
      List<Start> starts = startsOf(scenario);
      long window = windowOf(scenario.limits().get(0));

      for (Start first : starts) {
        long held = 0;
        int permits = 0;
        for (Start start : starts) {
          if (start.at() >= first.at() && start.at() < first.at() + window) {
            held += start.weight();
            permits = Math.max(permits, start.limit().permits());
          }
        }
        assertThat(held)
            .as("weight of the starts in the window that begins with %s", first)
            .isLessThanOrEqualTo(permits);
      }
    }

    @Property(tries = TRIES)
    void pacedStartsAreNeverCloserThanThePace(
        @ForAll("limits") RateLimit limit, @ForAll @IntRange(min = 2, max = 50) int count) {
      RateLimit paced = limit.withBurst(1);

      List<Long> starts = greedyStarts(paced, count);

      for (int i = 1; i < starts.size(); i++) {
        long apart = starts.get(i) - starts.get(i - 1);
        assertThat(apart).isGreaterThanOrEqualTo(windowOf(paced) / paced.permits());
      }
    }

    @Property(tries = TRIES)
    void theLargestWindowsAreThoseOfTheStarts(
        @ForAll("scenarios") Scenario scenario, @ForAll @IntRange(min = 0, max = 100) int percent) {
      LargestWindows[] told = {LargestWindows.NONE};
      List<Start> starts = startsOf(scenario, granted -> told[0] = granted.next().largestWindows());
      Assume.that(!starts.isEmpty());
      long since = starts.get((starts.size() - 1) * percent / 100).at();

      long largest = 0;
      long later = 0;
      long before = 0;
      for (int i = 0; i < starts.size(); i++) {
        Start start = starts.get(i);
        long held =
            starts.subList(0, i + 1).stream()
                .filter(other -> other.at() > start.at() - windowOf(start.limit()))
                .mapToLong(Start::weight)
                .sum();
        largest = start.at() >= since ? Math.max(largest, held) : largest;
        later = start.at() > since ? Math.max(later, held) : later;
        before = Math.max(before, held);
      }

      boolean exact = told[0].peaks().size() < LargestWindows.MAX_PEAKS;
      assertThat(told[0].since(at(since)))
          .isBetween(largest, exact ? largest : before)
          .isLessThanOrEqualTo(before);
      assertThat(told[0].since(at(since + 1))).isBetween(later, exact ? later : before);
    }

    private List<Start> startsOf(Scenario scenario) {
      return startsOf(scenario, granted -> {});
    }

    private List<Start> startsOf(Scenario scenario, Consumer<Decision.Granted> seen) {
      List<Start> starts = new ArrayList<>();
      ScenarioRun.of(
          scenario,
          (state, now, weight, decision) -> {
            if (decision instanceof Decision.Granted granted) {
              RateLimit inForce = state.settings().inForce(granted.start());
              starts.add(new Start(Micros.of(granted.start()), weight, inForce));
              seen.accept(granted);
            }
          });
      for (int i = 1; i < starts.size(); i++) {
        assertThat(starts.get(i).at()).isGreaterThanOrEqualTo(starts.get(i - 1).at());
      }
      return starts;
    }
  }

  @Group
  class Tightness {

    @Property(tries = TRIES)
    void everyDecisionIsThatOfTheReference(@ForAll("scenarios") Scenario scenario) {
      ReferenceLimit reference = new ReferenceLimit(scenario.limits().get(0));
      if (!scenario.known()) {
        reference.forgetUntil(ScenarioRun.BEGIN);
      }
      ScenarioRun.of(scenario, new Comparison(scenario, reference));
    }

    @Property(tries = TRIES)
    void itIsGrantedAtTheTimeOfANotBeforeAndNotAMicrosecondEarlier(
        @ForAll("scenarios") Scenario scenario) {
      ScenarioRun.of(
          scenario,
          (state, now, weight, decision) -> {
            if (decision instanceof Decision.NotBefore notBefore) {
              Instant at = notBefore.at();
              assertThat(at).isAfter(Micros.toInstant(now));
              assertThat(state.decide(at, weight))
                  .isInstanceOfSatisfying(
                      Decision.Granted.class, g -> assertThat(g.start()).isEqualTo(at));
              assertThat(state.decide(at.minus(1, ChronoUnit.MICROS), weight)).isEqualTo(decision);
            }
          });
    }

    @Property(tries = TRIES)
    void onceItIsGrantedItStaysSoUntilSomethingStartsOrChanges(
        @ForAll("scenarios") Scenario scenario, @ForAll @IntRange(min = 0) int later) {
      ScenarioRun.of(
          scenario,
          (state, now, weight, decision) -> {
            if (decision instanceof Decision.Granted && !state.settings().isEmergency(at(now))) {
              assertThat(state.decide(at(now + later), weight))
                  .isInstanceOf(Decision.Granted.class);
            }
          });
    }
  }

  /** Compares every decision. */
  private record Comparison(Scenario scenario, ReferenceLimit reference)
      implements ScenarioRun.Observer {

    @Override
    public void decided(LimitState state, long now, int weight, Decision decision) {
      assertThat(answer(decision))
          .as("weight %d at %d under %s", weight, now, state.settings())
          .isEqualTo(expected(now, weight));
      if (decision instanceof Decision.Granted) {
        reference.start(reference.decisionTime(now), weight);
      }
    }

    private String expected(long now, int weight) {
      long decided = reference.decisionTime(now);
      if (weight > reference.largestWeight()) {
        return new Decision.NeverAdmissible(weight, reference.largestWeight()).toString();
      }
      OptionalLong earliest = reference.earliest(now, weight);
      if (earliest.isEmpty()) {
        return new Decision.Paused().toString();
      }
      return earliest.getAsLong() > decided
          ? new Decision.NotBefore(at(earliest.getAsLong())).toString()
          : "granted at " + at(decided);
    }

    @Override
    public void changed(Step step, long now, long end) {
      if (step instanceof Step.Change change) {
        reference.changeNormal(scenario.limits().get(change.limit()));
      } else if (step instanceof Step.Raise raise) {
        reference.demand(raise.owner(), scenario.limits().get(raise.limit()), end, now);
      } else if (step instanceof Step.EndRaise lowered) {
        reference.endDemand(lowered.owner(), now);
      } else if (step instanceof Step.Ceiling ceiling) {
        reference.changeCeiling(
            ceiling.limit() < 0 ? null : scenario.limits().get(ceiling.limit()));
      } else if (step instanceof Step.PauseFor) {
        reference.pause(end);
      } else if (step instanceof Step.PauseUntilResumed) {
        reference.pause(Long.MAX_VALUE);
      } else if (step instanceof Step.Resume) {
        reference.resume();
      }
    }
  }

  @Group
  class Remainders {

    @Property(tries = 300)
    void areNeverLost(@ForAll("limits") RateLimit limit) {
      List<Long> starts = greedyStarts(limit.withBurst(1), 500);

      long window = windowOf(limit);
      for (int n = 0; n < starts.size(); n++) {
        assertThat(starts.get(n))
            .as("start %d", n)
            .isEqualTo(ScenarioRun.BEGIN + ceilDiv(n * window, limit.permits()));
      }
    }

    @Example
    void sevenPerMinuteAreSevenInEveryMinute() {
      assertThatStartsAreExact(RateLimit.of(7).perMinute(), 1_000);
    }

    @Example
    void sevenPerMonthAreSevenInEveryMonth() {
      assertThatStartsAreExact(RateLimit.of(7).per(Duration.ofDays(31)), 1_000);
    }

    @Example
    void aMillionPerSecondAreAMillionInEverySecond() {
      assertThatStartsAreExact(RateLimit.of(1_000_000).perSecond(), 2);
    }

    @Example
    void threePerMillisecondAreThreeInEveryMillisecond() {
      assertThatStartsAreExact(RateLimit.of(3).per(Duration.ofMillis(1)), 100_000);
    }

    @Example
    void aThousandInAMicrosecondAreThatMany() {
      assertThatStartsAreExact(RateLimit.of(1_000_000).per(Duration.ofMillis(1)), 2);
      assertThatStartsAreExact(RateLimit.of(999_983).per(Duration.ofMillis(1)), 2);
    }

    /** The first start of window k is at exactly k windows, and is number k × permits. */
    private void assertThatStartsAreExact(RateLimit limit, int windows) {
      LimitState state = LimitState.unused(LimitSettings.of(limit));
      long now = ScenarioRun.BEGIN;
      long started = 0;
      for (int k = 0; k <= windows; k++) {
        long begin = ScenarioRun.BEGIN + k * windowOf(limit);
        while (started <= (long) k * limit.permits()) {
          Decision decision = state.decide(at(now), 1);
          if (decision instanceof Decision.Granted granted) {
            state = granted.next();
            started++;
          } else {
            now = Micros.of(((Decision.NotBefore) decision).at());
          }
        }
        assertThat(now).as("when window %d begins", k).isEqualTo(begin);
      }
    }
  }

  @Group
  class Weights {

    /** Holds after any past and for any future. */
    @Property(tries = TRIES, maxDiscardRatio = 50)
    void aWeightWithinTheBurstIsThatManyStartsAtOnce(
        @ForAll("scenarios") Scenario before,
        @ForAll @IntRange(min = 1, max = 60) int weight,
        @ForAll @IntRange(min = 1, max = 5) int change,
        @ForAll @IntRange(min = 0, max = 300) int percent) {
      LimitState[] reached = {LimitState.unused(LimitSettings.of(before.limits().get(0)))};
      long[] time = {ScenarioRun.BEGIN};
      ScenarioRun.of(
          before,
          (state, now, w, decision) -> {
            reached[0] = decision instanceof Decision.Granted g ? g.next() : state;
            time[0] = now;
          });
      RateLimit limit = reached[0].settings().inForce(at(time[0]));
      Decision whole = reached[0].decide(at(time[0]), weight);
      Assume.that(weight <= limit.burst() && whole instanceof Decision.Granted);

      LimitState ones = reached[0];
      for (int n = 0; n < weight; n++) {
        Decision one = ones.decide(at(time[0]), 1);
        assertThat(one).as("one number %d of %d", n, weight).isInstanceOf(Decision.Granted.class);
        ones = ((Decision.Granted) one).next();
      }

      LimitState heavy = ((Decision.Granted) whole).next();
      long later = time[0] + windowOf(limit) * percent / 100;
      assertThatTheyAnswerAlike(heavy, ones, later);
      RateLimit another = before.limits().get(change % before.limits().size());
      assertThatTheyAnswerAlike(
          heavy.withSettings(heavy.settings().withNormal(another)),
          ones.withSettings(ones.settings().withNormal(another)),
          later);
    }

    private void assertThatTheyAnswerAlike(LimitState one, LimitState other, long now) {
      for (int weight = 1; weight <= 9; weight++) {
        assertThat(answer(one.decide(at(now), weight)))
            .isEqualTo(answer(other.decide(at(now), weight)));
      }
      assertThat(one.startsInWindow(at(now))).isEqualTo(other.startsInWindow(at(now)));
      assertThat(one.latestStart()).isEqualTo(other.latestStart());
    }
  }

  @Group
  class TheEndsOfTime {

    @Provide
    Arbitrary<Instant> extremes() {
      Arbitrary<Long> seconds =
          Arbitraries.oneOf(
              Arbitraries.longs()
                  .between(Instant.MIN.getEpochSecond(), Instant.MIN.getEpochSecond() + 10_000_000),
              Arbitraries.longs()
                  .between(Instant.MAX.getEpochSecond() - 10_000_000, Instant.MAX.getEpochSecond()),
              // The range of a long in microseconds, and its half and quarter.
              around(Long.MAX_VALUE / 1_000_000),
              around(Long.MIN_VALUE / 1_000_000),
              around(Long.MAX_VALUE / 2_000_000),
              around(Long.MIN_VALUE / 2_000_000),
              around(Long.MAX_VALUE / 4_000_000),
              around(Long.MIN_VALUE / 4_000_000),
              around(Instant.parse("+200000-01-01T00:00:00Z").getEpochSecond()),
              around(Instant.parse("-200000-01-01T00:00:00Z").getEpochSecond()),
              around(0));
      Arbitrary<Integer> nanos =
          Arbitraries.oneOf(
              Arbitraries.of(0, 999_999_999), Arbitraries.integers().between(0, 999_999_999));
      return seconds.flatMap(s -> nanos.map(n -> Instant.ofEpochSecond(s, n)));
    }

    private Arbitrary<Long> around(long second) {
      return Arbitraries.longs().between(second - 3_000_000, second + 3_000_000);
    }

    /** A clock this far off is broken; it must not open the limit. */
    @Property(tries = TRIES)
    void neverOpenTheLimit(@ForAll("limits") RateLimit any, @ForAll("extremes") Instant now) {
      RateLimit limit = any.withPermits(Math.min(any.permits(), 50));
      LimitState state = LimitState.unused(LimitSettings.of(limit));
      int started = 0;
      for (int i = 0; i < limit.permits() + 5; i++) {
        Decision decision = state.decide(now, 1);
        if (decision instanceof Decision.Granted granted) {
          state = granted.next();
          started++;
        } else {
          assertThat(((Decision.NotBefore) decision).at())
              .isAfter(state.latestStart().orElseThrow());
        }
      }
      assertThat(started).isEqualTo(limit.burst());
      assertThat(state.startsInWindow(now)).isEqualTo(started);
    }

    @Property(tries = TRIES)
    void neverEndAPauseEarly(@ForAll("limits") RateLimit limit, @ForAll("extremes") Instant end) {
      Instant now = Instant.EPOCH.minusSeconds(4_000_000);
      Assume.that(end.isAfter(now));
      LimitSettings paused = LimitSettings.of(limit).withPause(Pause.until(end));

      assertThat(LimitState.unused(paused).decide(now, 1))
          .isInstanceOfSatisfying(
              Decision.NotBefore.class, notBefore -> assertThat(notBefore.at()).isAfter(now));
    }

    @Property(tries = TRIES)
    void mayBeTheEndOfAnEmergency(
        @ForAll("limits") RateLimit any,
        @ForAll("extremes") Instant now,
        @ForAll("extremes") Instant end) {
      RateLimit limit = any.withPermits(Math.min(any.permits(), 50)).withBurst(1);
      RateLimit raised = limit.withPermits(2 * limit.permits()).withBurst(1);
      LimitState state =
          LimitState.unused(
              LimitSettings.of(limit).withDemand(new Demand("owner", raised, end), now));

      Decision first = state.decide(now, 1);

      assertThat(first).isInstanceOf(Decision.Granted.class);
      Decision second = ((Decision.Granted) first).next().decide(now, 1);
      assertThat(second).isInstanceOf(Decision.NotBefore.class);
    }

    @Property(tries = TRIES)
    void mayBeWhereTheUnknownEnds(
        @ForAll("limits") RateLimit limit,
        @ForAll("extremes") Instant unknown,
        @ForAll("extremes") Instant now) {
      LimitState state = LimitState.unknownUntil(unknown, LimitSettings.of(limit));

      Decision decision = state.decide(now, 1);

      boolean left = Duration.between(unknown, now).compareTo(limit.window()) >= 0;
      if (!left) {
        assertThat(decision).isInstanceOf(Decision.NotBefore.class);
      }
    }
  }

  @Provide
  Arbitrary<RateLimit> limits() {
    return Arbitraries.oneOf(
        RandomLimits.any(), RandomLimits.small(), RandomLimits.usual(), RandomLimits.dense());
  }

  /** Returns the answer without the state, which has no equality. */
  private static String answer(Decision decision) {
    return decision instanceof Decision.Granted granted
        ? "granted at " + granted.start()
        : decision.toString();
  }

  private static List<Long> greedyStarts(RateLimit limit, int count) {
    List<Long> starts = new ArrayList<>();
    LimitState state = LimitState.unused(LimitSettings.of(limit));
    long now = ScenarioRun.BEGIN;
    while (starts.size() < count) {
      Decision decision = state.decide(at(now), 1);
      if (decision instanceof Decision.Granted granted) {
        state = granted.next();
        starts.add(now);
      } else {
        now = Micros.of(((Decision.NotBefore) decision).at());
      }
    }
    return starts;
  }

  private static long ceilDiv(long value, long divisor) {
    return -Math.floorDiv(-value, divisor);
  }

  private static long windowOf(RateLimit limit) {
    return limit.window().toNanos() / 1_000;
  }

  private static Instant at(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
