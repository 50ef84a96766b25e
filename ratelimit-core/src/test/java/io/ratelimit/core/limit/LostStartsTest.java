package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.LimitState.PossiblePast;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A forgotten past counts as dense as possible, and no denser. */
class LostStartsTest {

  private static final Instant ORIGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int LIVES = 4_000;

  private record Start(long at, int weight, RateLimit limit) {}

  /** A life with losses: all true starts, some of which the state has forgotten. */
  private static final class Life {
    private final Random random;
    private final List<RateLimit> limits = new ArrayList<>();
    private final int heaviest;
    private final List<Start> starts = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private LimitState state;
    private LimitState stored;
    private long storedAt;
    private long now = Micros.of(ORIGIN);

    Life(long seed, boolean paced, boolean weights, boolean oneWindow) {
      random = new Random(seed);
      long window = 1_000L + random.nextInt(1_000);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int permits = 1 + random.nextInt(9);
        int burst = paced ? 1 : 1 + random.nextInt(permits);
        long micros = oneWindow ? window : 1_000L + random.nextInt(2_000);
        limits.add(new RateLimit(permits, micros(micros), burst, Duration.ZERO));
      }
      heaviest = weights ? 1 + random.nextInt(limits.get(0).permits()) : 1;
      state = LimitState.unused(LimitSettings.of(limits.get(0)));
      stored = state;
      storedAt = now;
    }

    void live() {
      for (int step = 0; step < 60; step++) {
        switch (random.nextInt(12)) {
          case 0 -> change();
          case 1 -> lose();
          case 2 -> {
            stored = state;
            storedAt = now;
          }
          case 3, 4 -> now += random.nextInt(1_500);
          default -> drain(1 + random.nextInt(8));
        }
      }
    }

    private void change() {
      RateLimit limit = limits.get(random.nextInt(limits.size()));
      Instant at = Micros.toInstant(now);
      LimitSettings settings = state.settings();
      settings =
          random.nextBoolean()
              ? settings.withNormal(limit)
              : settings.withDemand(
                  new Demand("a", limit, at.plus(random.nextInt(3_000), ChronoUnit.MICROS)), at);
      state = state.withSettings(settings);
      log.add(now + " " + settings);
    }

    private void lose() {
      Instant until = Micros.toInstant(now);
      PossiblePast past = new PossiblePast(limits, heaviest);
      state =
          random.nextBoolean()
              ? LimitState.unknownUntil(until, state.settings(), past)
              : stored
                  .withSettings(state.settings())
                  .withLostStarts(Micros.toInstant(storedAt), until, past);
      stored = state;
      storedAt = now;
      log.add(now + " lost");
    }

    private void drain(int times) {
      for (int n = 0; n < times; n++) {
        int weight = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(heaviest);
        Decision decision = state.decide(Micros.toInstant(now), weight);
        if (decision instanceof Decision.NotBefore notBefore) {
          long at = Micros.of(notBefore.at());
          if (at > now + 10_000) {
            return;
          }
          now = at;
          decision = state.decide(Micros.toInstant(now), weight);
        }
        if (decision instanceof Decision.Granted granted) {
          long at = Micros.of(granted.start());
          starts.add(new Start(at, weight, state.settings().inForce(granted.start())));
          state = granted.next();
          log.add(at + " start of " + weight);
        }
      }
    }

    void assertNoWindowIsOver() {
      for (int i = 0; i < starts.size(); i++) {
        Start start = starts.get(i);
        long held = 0;
        for (Start earlier : starts.subList(0, i + 1)) {
          held += earlier.at > start.at - start.limit.windowMicros() ? earlier.weight : 0;
        }
        assertThat(held)
            .as("%s of limits %s, heaviest %d\n%s", start, limits, heaviest, String.join("\n", log))
            .isLessThanOrEqualTo(start.limit.permits());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "true, false, true", "true, false, false", "true, true, true", "true, true, false",
    "false, false, true", "false, false, false", "false, true, true", "false, true, false"
  })
  void noWindowIsOverWhateverIsLostWhenever(boolean paced, boolean weights, boolean oneWindow) {
    int starts = 0;
    for (long seed = 0; seed < LIVES; seed++) {
      Life life = new Life(seed, paced, weights, oneWindow);
      life.live();
      life.assertNoWindowIsOver();
      starts += life.starts.size();
    }
    assertThat(starts).isGreaterThan(10 * LIVES);
  }

  private static Duration firstStart(LimitState state, Instant now, int weight) {
    Decision decision = state.decide(now, weight);
    return decision instanceof Decision.NotBefore notBefore
        ? Duration.between(now, notBefore.at())
        : Duration.ZERO;
  }

  @ParameterizedTest
  @CsvSource({
    "20/min, , 1, 3000",
    "86400/d, , 1, 1000",
    "7/min, , 1, 8571.429",
    "1/h, , 1, 3600000",
    "20/s, , 1, 100", // a burst of 2
    "200/s, , 1, 50", // a burst of 10
    "999/s, , 1, 50.051",
    "20/min, , 3, 9000",
    "20/min, , 20, 60000",
    "20/min, 60/min, 1, 41000",
    "20/min, 60/min, 3, 43000",
    "20/min burst 20, , 1, 60000",
  })
  void whatIsKnownToHaveBeenPossibleIsWaitedFor(
      String normal, String ceiling, int heaviest, double millis) {
    LimitSettings settings = LimitSettings.of(RateLimit.parse(normal));
    if (ceiling != null) {
      settings = settings.withCeiling(RateLimit.parse(ceiling));
    }
    PossiblePast past = PossiblePast.under(settings, heaviest, ORIGIN);

    assertThat(firstStart(LimitState.unknownUntil(ORIGIN, settings, past), ORIGIN, 1))
        .isEqualTo(micros(Math.round(millis * 1_000)));
  }

  @Test
  void theRaisedLimitStartsAfterOneOfItsIntervals() {
    RateLimit raised = RateLimit.of(60).perMinute();
    LimitSettings settings =
        LimitSettings.of(RateLimit.of(20).perMinute())
            .withCeiling(raised)
            .withDemand(new Demand("a", raised, ORIGIN.plusSeconds(90)), ORIGIN);

    LimitState state =
        LimitState.unknownUntil(ORIGIN, settings, PossiblePast.under(settings, 1, ORIGIN));

    assertThat(firstStart(state, ORIGIN, 1)).hasSeconds(1);
  }

  /** One start per interval, as without a loss, from one interval after the loss. */
  @ParameterizedTest
  @ValueSource(strings = {"20/min", "7/s burst 1", "1000/s burst 1", "86400/d"})
  void aPacedLimitGoesOnAfterOneInterval(String text) {
    RateLimit limit = RateLimit.parse(text);
    long window = limit.windowMicros();
    for (int lostPercent : new int[] {0, 30, 100, 150, 1_000, 100_000}) {
      LimitState state = LimitState.unused(LimitSettings.of(limit));
      Instant now = ORIGIN;
      for (int n = 0; n < Math.min(500, 2 * limit.permits()); n++) {
        Decision decision = state.decide(now, 1);
        if (decision instanceof Decision.NotBefore notBefore) {
          now = notBefore.at();
          decision = state.decide(now, 1);
        }
        state = ((Decision.Granted) decision).next();
      }
      Instant until = now.plus(window * lostPercent / 100 / limit.permits(), ChronoUnit.MICROS);

      LimitState after = state.withLostStarts(now, until, new PossiblePast(List.of(limit), 1));

      Duration wait = firstStart(after, until, 1);
      long interval = (window + limit.permits() - 1) / limit.permits();
      assertThat(wait)
          .as("%d %% of an interval was lost", lostPercent)
          .isLessThanOrEqualTo(micros(interval));
      Instant at = until.plus(wait);
      for (int n = 1; n <= 2 * Math.min(500, limit.permits()); n++) {
        after = ((Decision.Granted) after.decide(at, 1)).next();
        Duration next = firstStart(after, at, 1);
        assertThat(next).isLessThanOrEqualTo(micros(interval));
        at = at.plus(next);
      }
    }
  }

  @Test
  void whatIsKnownOfTheLastMinuteShortensTheWait() {
    RateLimit limit = RateLimit.of(20).perMinute();
    LimitSettings settings = LimitSettings.of(limit).withCeiling(RateLimit.of(60).perMinute());
    LimitState idle = LimitState.unused(settings);
    Instant until = ORIGIN.plusSeconds(2);

    LimitState after = idle.withLostStarts(ORIGIN, until, PossiblePast.under(settings, 1, ORIGIN));

    assertThat(firstStart(after, until, 1)).as("three may have been lost").hasSeconds(3);
  }

  private static Duration micros(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }
}
