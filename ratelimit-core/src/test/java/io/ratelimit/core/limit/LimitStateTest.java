package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.limit.LimitSettings.Demand;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ledgers: each row has a time, a question, the expected answer, and the reason for the row. */
class LimitStateTest {

  private static final Instant ORIGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final RateLimit PACED = RateLimit.of(20).perMinute();
  private static final RateLimit RAISED = RateLimit.of(60).perMinute();

  @Nested
  class Pacing {

    @Test
    void spacesStartsEvenly() {
      Ledger.under(PACED)
          .row("0", 1, granted("0"), "nothing was started before")
          .row("0", 1, notBefore("3"), "60 s / 20 is 3 s")
          .row("2.999999", 1, notBefore("3"), "a microsecond is too early")
          .row("3", 1, granted("3"), "the promised time has come")
          .row("10", 1, granted("10"), "a late start is counted from when it was made")
          .row("10", 1, notBefore("13"), "idling saved up nothing")
          .row("12.9999999", 1, notBefore("13"), "100 ns are too early as well");
    }

    @Test
    void losesNoFractionOfAMicrosecond() {
      Ledger.under(RateLimit.of(7).perMinute())
          .row("0", 1, granted("0"), "60 s / 7 is 8.571428 571…")
          .row("1", 1, notBefore("8.571429"), "rounded up, never down")
          .row("8.571429", 1, granted("8.571429"), "1/7")
          .row("9", 1, notBefore("17.142858"), "from 8.571428 571, not from 8.571429")
          .row("17.142858", 1, granted("17.142858"), "2/7")
          .row("25.714286", 1, granted("25.714286"), "3/7")
          .row("34.285715", 1, granted("34.285715"), "4/7")
          .row("42.857143", 1, granted("42.857143"), "5/7")
          .row("51.428572", 1, granted("51.428572"), "6/7")
          .row("59.999999", 1, notBefore("60"), "exactly 7 in a minute")
          .row("60", 1, granted("60"), "7/7");
    }

    @Test
    void decidesByWholeMicroseconds() {
      Ledger.under(PACED)
          .row("0.000000999", 1, granted("0"), "stamped with the microsecond that it lies in")
          .row("3", 1, granted("3"), "and paced from there");
    }

    @Test
    void catchesUpWithinTheMicrosecondWhereMoreThanOneStartFitsInIt() {
      Ledger ledger = Ledger.under(RateLimit.of(3_000).per(Duration.ofMillis(1)).withBurst(1));
      ledger.row("0", 1, granted("0"), "a third of a microsecond apart");
      ledger.row("0", 1, notBefore("0.000001"), "1/3 µs later is the next whole one");
      for (int n = 0; n < 3; n++) {
        ledger.row("0.000001", 1, granted("0.000001"), "those of 1/3, 2/3 and 3/3 µs");
      }
      ledger.row("0.000001", 1, notBefore("0.000002"), "4/3 µs");
    }
  }

  @Nested
  class Burst {

    @Test
    void mayBeSpentAtOnceAndComesBackAtThePace() {
      Ledger ledger = Ledger.under(PACED.withBurst(5));
      for (int n = 1; n <= 5; n++) {
        ledger.row("0", 1, granted("0"), "the burst is 5");
      }
      ledger
          .row("0", 1, notBefore("3"), "one permit each 3 s")
          .row("3", 1, granted("3"), "the one")
          .row("3", 1, notBefore("6"), "no second")
          .row("9", 1, granted("9"), "two came back")
          .row("9", 1, granted("9"), "and both may be spent")
          .row("9", 1, notBefore("12"), "but no more");
    }

    @Test
    void isFullAgainAfterIdlingAndNeverMore() {
      Ledger ledger = Ledger.under(PACED.withBurst(2));
      ledger
          .row("0", 1, granted("0"), "first of two")
          .row("0", 1, granted("0"), "second of two")
          .row("1000", 1, granted("1000"), "full again")
          .row("1000", 1, granted("1000"), "both of them")
          .row("1000", 1, notBefore("1003"), "1000 s of idling are worth 2 permits");
    }

    @Test
    void neverMakesTheWindowOverflow() {
      Ledger ledger = Ledger.under(PACED.withBurst(5));
      for (int n = 1; n <= 5; n++) {
        ledger.row("0", 1, granted("0"), "the burst");
      }
      for (int n = 1; n <= 15; n++) {
        String now = Integer.toString(3 * n);
        ledger.row(now, 1, granted(now), "the pace allows one each 3 s");
      }
      ledger
          .row("48", 1, notBefore("60"), "the pace would allow it, but 20 started within 60 s")
          .row("59.999999", 1, notBefore("60"), "the burst is still in the window")
          .row("60", 1, granted("60"), "the window is half-open: what started at 0 has left")
          .row("60", 1, granted("60"), "nothing started since 45, so the pace allows 5")
          .row("60", 1, granted("60"), "third")
          .row("60", 1, granted("60"), "fourth")
          .row("60", 1, granted("60"), "fifth; 20 are in the window again")
          .row("60", 1, notBefore("63"), "the start at 3 leaves at 63");
    }

    @Test
    void ofAllPermitsIsOneWindowAtATime() {
      Ledger ledger = Ledger.under(PACED.withBurst(20));
      for (int n = 1; n <= 20; n++) {
        ledger.row("0", 1, granted("0"), "all permits are the burst");
      }
      ledger
          .row("0", 1, notBefore("60"), "the whole minute is spent")
          .row("60", 20, granted("60"), "and comes back at once");
    }
  }

  @Nested
  class Margin {

    @Test
    void lengthensTheWindowAndThePaceWithIt() {
      Ledger.under(PACED.withMargin(Duration.ofSeconds(1)))
          .row("0", 1, granted("0"), "first")
          .row("0", 1, notBefore("3.05"), "61 s / 20");
    }

    @Test
    void holdsBackAFullBurst() {
      Ledger.under(PACED.withBurst(20).withMargin(Duration.ofSeconds(1)))
          .row("0", 20, granted("0"), "everything at once")
          .row("60", 1, notBefore("61"), "the margin absorbs jitter of arrivals");
    }
  }

  @Nested
  class Pausing {

    @Test
    void forATimeEndsByItself() {
      Ledger.under(PACED)
          .set(s -> s.withPause(Pause.until(at("10"))))
          .row("0", 1, notBefore("10"), "paused")
          .row("9.999999", 1, notBefore("10"), "its end is not part of it")
          .row("10", 1, granted("10"), "over")
          .set(s -> s.withPause(Pause.until(at("12"))))
          .row("10", 1, notBefore("13"), "the pause ends before the pace allows a start");
    }

    @Test
    void endsAtAWholeMicrosecond() {
      Ledger.under(PACED)
          .set(s -> s.withPause(Pause.until(at("1.000000001"))))
          .row("1", 1, notBefore("1.000001"), "rounded up, never down");
    }

    @Test
    void lastsUntilSomeoneResumes() {
      Ledger.under(PACED)
          .row("0", 1, granted("0"), "open")
          .set(s -> s.withPause(Pause.untilResumed()))
          .row("1", 1, "paused", "no time is known")
          .row("1000000", 1, "paused", "however long it takes")
          .set(LimitSettings::resumed)
          .row("1000000", 1, granted("1000000"), "resumed")
          .row("1000000", 1, notBefore("1000003"), "the pause saved up nothing");
    }

    @Test
    void resumedEarlyLeavesThePace() {
      Ledger.under(PACED)
          .row("0", 1, granted("0"), "first")
          .set(s -> s.withPause(Pause.until(at("10"))))
          .set(LimitSettings::resumed)
          .row("1", 1, notBefore("3"), "only the pause is gone");
    }
  }

  @Nested
  class Weight {

    @Test
    void takesAsManyTurnsOfThePace() {
      Ledger.under(PACED)
          .row("0", 3, granted("0"), "a weight above the burst needs the whole burst, which is 1")
          .row("0", 1, notBefore("9"), "paid for afterwards: 3 × 3 s")
          .row("9", 1, granted("9"), "paid");
    }

    @Test
    void withinTheBurstIsLikeThatManyStarts() {
      Ledger.under(PACED.withBurst(5))
          .row("0", 3, granted("0"), "three of five")
          .row("0", 3, notBefore("3"), "two are left, one is missing")
          .row("0", 2, granted("0"), "the two that are left")
          .row("0", 1, notBefore("3"), "none is left")
          .row("0", 3, notBefore("9"), "three come back in 9 s");
    }

    @Test
    void aboveTheBurstWaitsForTheWholeBurst() {
      Ledger.under(PACED.withBurst(5))
          .row("0", 1, granted("0"), "the burst is not whole any more")
          .row("0", 8, notBefore("3"), "whole again")
          .row("3", 8, granted("3"), "and overdrawn")
          .row("3", 1, notBefore("15"), "8 × 3 s of debt, of which 4 × 3 s may stay")
          .row("3", 8, notBefore("27"), "the whole debt");
    }

    @Test
    void ofAllPermitsFillsTheWindow() {
      Ledger.under(PACED)
          .row("0", 20, granted("0"), "the largest that there can be")
          .row("0", 1, notBefore("60"), "nothing else in the same minute")
          .row("60", 20, granted("60"), "minute after minute");
    }

    @Test
    void countsInTheWindow() {
      Ledger.under(PACED.withBurst(20))
          .row("0", 15, granted("0"), "15 of 20")
          .row("30", 5, granted("30"), "20 of 20")
          .row("40", 1, notBefore("60"), "the 15 leave at 60")
          .row("40", 15, notBefore("60"), "and make room for 15")
          .row("40", 16, notBefore("90"), "but 16 must wait for the 5 as well");
    }

    @Test
    void abovePermitsCanNeverStart() {
      Ledger.under(PACED)
          .row("0", 21, "never: 21 of 20", "no window could hold it")
          .row("0", 1, granted("0"), "which spent nothing")
          .row("0", 21, "never: 21 of 20", "whether or not anything could start")
          .set(s -> s.withPause(Pause.untilResumed()))
          .row("0", 21, "never: 21 of 20", "nor does resuming help");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void isAtLeastOne(int weight) {
      assertThatThrownBy(() -> LimitState.unused(LimitSettings.of(PACED)).decide(ORIGIN, weight))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("weight must be at least 1 but is " + weight);
    }
  }

  private static LimitSettings raised(LimitSettings settings, RateLimit limit, Instant until) {
    return settings.withDemand(new Demand("owner", limit, until), ORIGIN);
  }

  @Nested
  class EmergencyLimit {

    @Test
    void letsAWeightThatItHasNoRoomForWaitUntilItIsOver() {
      RateLimit fewButFast = RateLimit.of(2).perSecond();
      Ledger.under(PACED)
          .set(s -> raised(s, fewButFast, at("10")))
          .row("0", 3, notBefore("10"), "3 do not fit into 2")
          .row("0", 2, granted("0"), "2 do")
          .row("9.5", 1, granted("9.5"), "lighter ones start meanwhile")
          .row("9.5", 3, notBefore("12.5"), "at the normal pace")
          .row("12.5", 3, granted("12.5"), "the normal limit is back")
          .row("12.5", 21, "never: 21 of 20", "above the normal limit");
    }

    @Test
    void isTheHighestOneThatIsDemandedUntilItLapsesAndThenTheNext() {
      Ledger.under(PACED)
          .set(s -> s.withDemand(new Demand("a", RateLimit.of(30).perMinute(), at("20")), ORIGIN))
          .set(s -> s.withDemand(new Demand("b", RAISED, at("5")), ORIGIN))
          .row("3", 1, granted("3"), "60/min")
          .row("4", 1, granted("4"), "one each second")
          .row("4", 1, notBefore("6"), "then 30/min, one each 2 s")
          .row("19", 1, granted("19"), "30/min")
          .row("19", 1, notBefore("22"), "then 20/min, one each 3 s");
    }

    @Test
    void holdsUntilItLapses() {
      Ledger ledger =
          Ledger.under(PACED)
              .row("0", 1, granted("0"), "before the emergency")
              .row("0", 1, notBefore("3"), "at the normal pace")
              .set(s -> raised(s, RAISED, at("10")))
              .row("0", 1, notBefore("1"), "at the raised pace");
      for (int second = 1; second <= 9; second++) {
        String now = Integer.toString(second);
        ledger.row(now, 1, granted(now), "one each second");
      }
      ledger
          .row(
              "9",
              1,
              notBefore("12"),
              "10 would be the raised pace, but by then the emergency has lapsed")
          .row("10", 1, notBefore("12"), "3 s after the last start")
          .row("12", 1, granted("12"), "the normal pace")
          .row("12", 1, notBefore("15"), "and on");
    }

    @Test
    void isInForceToTheLastMicrosecond() {
      Ledger.under(PACED)
          .set(s -> raised(s, RAISED, at("10")))
          .row("8.999999", 1, granted("8.999999"), "raised")
          .row("9", 1, notBefore("9.999999"), "a microsecond before it lapses")
          .row("9.999999", 1, granted("9.999999"), "still raised")
          .row("9.999999", 1, notBefore("12.999999"), "nothing more in it");
    }

    @Test
    void lastsLongerWhenItIsDeclaredAgain() {
      Ledger.under(PACED)
          .set(s -> raised(s, RAISED, at("10")))
          .row("9", 1, granted("9"), "raised")
          .row("9", 1, notBefore("12"), "it lapses at 10")
          .set(s -> raised(s, RAISED, at("20")))
          .row("9", 1, notBefore("10"), "it no longer does");
    }

    @Test
    void canBeEnded() {
      Ledger.under(PACED)
          .set(s -> raised(s, RAISED, at("10")))
          .row("0", 1, granted("0"), "raised")
          .set(s -> s.withoutDemand("owner", ORIGIN))
          .row("1", 1, notBefore("3"), "normal again");
    }

    @Test
    void thatIsNotFasterRaisesNothing() {
      Ledger.under(PACED)
          .set(s -> raised(s, RateLimit.of(10).perMinute(), at("10")))
          .row("0", 1, granted("0"), "first")
          .row("0", 1, notBefore("3"), "10/min does not slow 20/min down");
    }

    @Test
    void countsAfterItAsStartsAlreadyMade() {
      Ledger ledger =
          Ledger.under(PACED.withBurst(20)).set(s -> raised(s, RAISED.withBurst(60), at("10")));
      ledger
          .row("0", 20, granted("0"), "no single weight above the normal permits")
          .row("1", 20, granted("1"), "40 of 60")
          .row("2", 20, granted("2"), "60 of 60")
          .row("2", 1, notBefore("62"), "20 are 20 only when those at 0, 1 and 2 have left")
          .row("10", 1, notBefore("62"), "lapsed: the same");
    }

    @Test
    void doesNotEndAPause() {
      Ledger.under(PACED)
          .set(s -> raised(s.withPause(Pause.until(at("10"))), RAISED, at("8")))
          .row("0", 1, notBefore("10"), "paused, and the emergency lapses meanwhile")
          .row("10", 1, granted("10"), "over")
          .row("10", 1, notBefore("13"), "at the normal pace");
    }

    @Test
    void keepsTheStartsOfItsLongerWindowInMind() {
      RateLimit hourly = RateLimit.of(6_000).perHour().withBurst(6_000);
      Ledger.under(PACED)
          .set(s -> raised(s, hourly, at("100000")))
          .row("0", 20, granted("0"), "20 of 6000")
          .row("1800", 20, granted("1800"), "the start at 0 has left the minute, not the hour")
          .startsInWindow("1800", 40)
          .startsInWindow("3600", 20);
    }
  }

  @Nested
  class ChangeOfLimit {

    @Test
    void raisedAndLoweredCountsTheStartsAlreadyMade() {
      Ledger ledger = Ledger.under(PACED);
      for (int second = 0; second <= 57; second += 3) {
        String now = Integer.toString(second);
        ledger.row(now, 1, granted(now), "20 in a minute");
      }
      ledger
          .row("57", 1, notBefore("60"), "at 20/min")
          .set(s -> s.withNormal(RAISED))
          .row("57", 1, notBefore("58"), "at 60/min");
      for (int second = 58; second <= 97; second++) {
        String now = Integer.toString(second);
        ledger.row(now, 1, granted(now), "40 more at 60/min");
      }
      ledger
          .startsInWindow("97", 47)
          .set(s -> s.withNormal(PACED))
          .row("97", 1, notBefore("138"), "fewer than 20 remain when the start at 78 leaves")
          .row("100", 1, notBefore("138"), "the pace alone would allow it")
          .row("137.999999", 1, notBefore("138"), "20 are in the window")
          .row("138", 1, granted("138"), "19 were")
          .row("138", 1, notBefore("141"), "and from here on it is the pace");
    }

    @Test
    void pacesFromTheLastStart() {
      Ledger.under(RAISED)
          .row("0", 1, granted("0"), "first")
          .row("1", 1, granted("1"), "at 60/min")
          .row("2", 1, granted("2"), "at 60/min")
          .set(s -> s.withNormal(PACED))
          .row("2", 1, notBefore("5"), "3 s after the last, without a debt for the quick ones")
          .set(s -> s.withNormal(RAISED))
          .row("2", 1, notBefore("3"), "back again: as if nothing had been");
    }

    @Test
    void toAnotherBurstCountsWhatWasStartedAtOnceAsAWhole() {
      Ledger.under(PACED.withBurst(5))
          .row("0", 1, granted("0"), "five ones")
          .row("0", 1, granted("0"), "five ones")
          .row("0", 1, granted("0"), "five ones")
          .row("0", 1, granted("0"), "five ones")
          .row("0", 1, granted("0"), "five ones")
          .set(s -> s.withNormal(PACED))
          .row("0", 1, notBefore("15"), "like a weight of five");
      Ledger.under(PACED.withBurst(5))
          .row("0", 5, granted("0"), "a weight of five")
          .set(s -> s.withNormal(PACED))
          .row("0", 1, notBefore("15"), "like five ones");
    }

    @Test
    void toFewerPermitsTurnsAHeavyRequestAway() {
      Ledger.under(PACED)
          .row("0", 10, granted("0"), "it fits")
          .set(s -> s.withNormal(PACED.withPermits(9)))
          .row("0", 10, "never: 10 of 9", "it fits no more")
          .row("0", 1, notBefore("60"), "10 started in this minute, and 9 are allowed");
    }

    @Test
    void toALongerWindowTakesTheForgottenTimeToBeFull() {
      RateLimit hourly = RateLimit.of(100).perHour().withBurst(100);
      Ledger.under(PACED)
          .row("0", 1, granted("0"), "forgotten when it has left the minute for an eighth of it")
          .row("67.5", 1, granted("67.5"), "now")
          .set(s -> s.withNormal(hourly))
          .row("67.5", 1, notBefore("3600"), "whatever was at 0 or before leaves the hour at 3600")
          .row("3600", 1, granted("3600"), "only the start at 67.5 is in the hour");
    }

    @Test
    void toALongerWindowForgetsWhatWasInTheWayOfADecision() {
      RateLimit hourly = RateLimit.of(100).perHour().withBurst(100);
      Ledger.under(PACED.withBurst(20))
          .row("0", 1, granted("0"), "forgotten when more than twenty are remembered")
          .row("60", 20, granted("60"), "makes 21")
          .set(s -> s.withNormal(hourly))
          .row("60", 1, notBefore("3600"), "whatever was at 0 or before leaves the hour at 3600");
    }

    @Test
    void toALongerWindowWaitsForNothingWhenNothingWasForgotten() {
      RateLimit hourly = RateLimit.of(100).perHour().withBurst(100);
      Ledger.under(PACED)
          .row("0", 1, granted("0"), "remembered")
          .row("59", 1, granted("59"), "remembered")
          .set(s -> s.withNormal(hourly))
          .row("59", 98, granted("59"), "98 of the 100 are left")
          .row("59", 1, notBefore("3600"), "the start at 0 leaves");
    }

    @Test
    void toAShorterWindowForgetsNothingThatIsInIt() {
      Ledger.under(RateLimit.of(100).perHour().withBurst(100))
          .row("0", 50, granted("0"), "in the hour")
          .row("50", 20, granted("50"), "in the hour and in the minute to come")
          .set(s -> s.withNormal(PACED.withBurst(20)))
          .row("60", 1, notBefore("110"), "20 started at 50")
          .row("110", 20, granted("110"), "and left");
    }
  }

  @Nested
  class WhatIsNotKnown {

    @Test
    void countsAsFull() {
      Ledger.from(LimitState.unknownUntil(at("0"), LimitSettings.of(PACED.withBurst(5))))
          .row("0", 1, notBefore("60"), "a window may have been spent")
          .row("59.999999", 1, notBefore("60"), "up to and at 0")
          .row("60", 5, granted("60"), "it has left, and nothing else is known")
          .row("60", 1, notBefore("63"), "the pace");
    }

    @Test
    void doesNotReachBackWithTheClock() {
      Ledger.from(LimitState.unknownUntil(at("0"), LimitSettings.of(PACED)))
          .row("-100", 1, notBefore("60"), "a clock that went back changes nothing");
    }

    @Test
    void isNoStart() {
      LimitState unknown = LimitState.unknownUntil(ORIGIN, LimitSettings.of(PACED));

      assertThat(unknown.latestStart()).isEmpty();
      assertThat(unknown.startsInWindow(ORIGIN)).isZero();
    }
  }

  @Nested
  class AClockThatGoesBack {

    @Test
    void standsStillAtTheLatestStart() {
      Ledger.under(PACED.withBurst(2))
          .row("10", 1, granted("10"), "first")
          .row("5", 1, granted("10"), "stamped with the latest start, not with the past")
          .row("5", 1, notBefore("13"), "and paced from there")
          .row("-1000000", 1, notBefore("13"), "however far it goes back")
          .row("13", 1, granted("13"), "until it has caught up");
    }
  }

  @Nested
  class Memory {

    @Test
    void showsTheStartsInTheWindowAndTheLatest() {
      LimitState unused = LimitState.unused(LimitSettings.of(PACED));
      assertThat(unused.latestStart()).isEmpty();
      assertThat(unused.startsInWindow(ORIGIN)).isZero();

      Ledger ledger =
          Ledger.from(unused)
              .row("0", 2, granted("0"), "two")
              .row("6", 1, granted("6"), "three")
              .startsInWindow("6", 3)
              .startsInWindow("59.999999", 3)
              .startsInWindow("60", 1)
              .startsInWindow("66", 0);
      assertThat(ledger.state.latestStart()).contains(at("6"));
    }

    @Test
    void isUntouchedByAskingOnly() {
      LimitState unused = LimitState.unused(LimitSettings.of(PACED));

      Decision first = unused.decide(ORIGIN, 1);
      assertThat(first).isInstanceOf(Decision.Granted.class);
      assertThat(unused.latestStart()).isEmpty();
      assertThat(unused.decide(ORIGIN, 1)).isInstanceOf(Decision.Granted.class);
      LimitState started = ((Decision.Granted) first).next();
      assertThat(started.decide(ORIGIN, 1)).isEqualTo(new Decision.NotBefore(at("3")));
      assertThat(started.decide(ORIGIN, 1)).isEqualTo(new Decision.NotBefore(at("3")));
      assertThat(started.settings()).isEqualTo(unused.settings());
    }
  }

  private static Instant at(String seconds) {
    return ORIGIN.plusNanos(new BigDecimal(seconds).movePointRight(9).longValueExact());
  }

  private static String granted(String seconds) {
    return "granted at " + seconds;
  }

  private static String notBefore(String seconds) {
    return "not before " + seconds;
  }

  /** A state and a list of questions, each to the state after the previous one. */
  private static final class Ledger {

    private LimitState state;
    private int number;

    private Ledger(LimitState state) {
      this.state = state;
    }

    static Ledger under(RateLimit limit) {
      return from(LimitState.unused(LimitSettings.of(limit)));
    }

    static Ledger from(LimitState state) {
      return new Ledger(state);
    }

    @CanIgnoreReturnValue
    Ledger row(String now, int weight, String expected, String why) {
      number++;
      String row = "row %d, weight %d at %s s: %s".formatted(number, weight, now, why);
      Decision decision = state.decide(at(now), weight);
      assertThat(text(decision)).as(row).isEqualTo(expected);
      if (decision instanceof Decision.Granted granted) {
        state = granted.next();
      } else if (decision instanceof Decision.NotBefore notBefore) {
        assertThat(state.decide(notBefore.at(), weight))
            .as("at its time, " + row)
            .isInstanceOf(Decision.Granted.class);
        assertThat(state.decide(notBefore.at().minusNanos(1), weight))
            .as("just before its time, " + row)
            .isEqualTo(decision);
      }
      return this;
    }

    @CanIgnoreReturnValue
    Ledger set(UnaryOperator<LimitSettings> change) {
      state = state.withSettings(change.apply(state.settings()));
      return this;
    }

    @CanIgnoreReturnValue
    Ledger startsInWindow(String now, long expected) {
      assertThat(state.startsInWindow(at(now)))
          .as("starts in the window that ends at %s s, after row %d", now, number)
          .isEqualTo(expected);
      return this;
    }

    private static String text(Decision decision) {
      if (decision instanceof Decision.Granted granted) {
        return granted(seconds(granted.start()));
      } else if (decision instanceof Decision.NotBefore notBefore) {
        return notBefore(seconds(notBefore.at()));
      } else if (decision instanceof Decision.NeverAdmissible never) {
        return "never: " + never.weight() + " of " + never.permits();
      }
      assertThat(decision).isInstanceOf(Decision.Paused.class);
      return "paused";
    }

    private static String seconds(Instant instant) {
      BigDecimal nanos = BigDecimal.valueOf(Duration.between(ORIGIN, instant).toNanos());
      BigDecimal seconds = nanos.movePointLeft(9).stripTrailingZeros();
      return (seconds.scale() < 0 ? seconds.setScale(0) : seconds).toPlainString();
    }
  }
}
