package io.ratelimit.core.limit;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random limits. */
final class RandomLimits {

  private static final long MILLISECOND = 1_000;
  private static final long SECOND = 1_000_000;
  private static final long DAY = 86_400 * SECOND;

  /** Any possible limit. */
  static Arbitrary<RateLimit> any() {
    Arbitrary<Long> wholeSeconds = Arbitraries.longs().between(1, 31 * 86_400).map(s -> s * SECOND);
    return of(
        Arbitraries.oneOf(Arbitraries.longs().between(MILLISECOND, 31 * DAY), wholeSeconds),
        Arbitraries.integers().between(1, RateLimit.MAX_PERMITS),
        Arbitraries.longs().between(0, DAY));
  }

  /** Few permits in a short time, mostly with a remainder, so that every rule soon matters. */
  static Arbitrary<RateLimit> small() {
    return of(
        Arbitraries.longs().between(MILLISECOND, 2 * MILLISECOND),
        Arbitraries.integers().between(1, 9),
        Arbitraries.longs().between(0, 500));
  }

  /** The limits of real APIs. */
  static Arbitrary<RateLimit> usual() {
    return of(
        Arbitraries.of(SECOND, 10 * SECOND, 60 * SECOND, 3_600 * SECOND),
        Arbitraries.integers().between(1, 1_200),
        Arbitraries.of(0L, SECOND));
  }

  /** More than one permit per microsecond. */
  static Arbitrary<RateLimit> dense() {
    return of(
        Arbitraries.longs().between(MILLISECOND, 2 * MILLISECOND),
        Arbitraries.integers().between(1_000, RateLimit.MAX_PERMITS),
        Arbitraries.longs().between(0, 3));
  }

  /** Limits with the same window. */
  static Arbitrary<RateLimit> sameWindow() {
    return of(Arbitraries.just(1_009L), Arbitraries.integers().between(1, 9), Arbitraries.just(0L));
  }

  private static Arbitrary<RateLimit> of(
      Arbitrary<Long> periods, Arbitrary<Integer> permits, Arbitrary<Long> margins) {
    Arbitrary<Long> noneOrSome = Arbitraries.oneOf(Arbitraries.just(0L), margins);
    // The burst as a share: 0 is a burst of 1, and 100 is all permits.
    Arbitrary<Integer> shares =
        Arbitraries.oneOf(
            Arbitraries.just(0), Arbitraries.just(100), Arbitraries.integers().between(0, 100));
    return Combinators.combine(periods, permits, noneOrSome, shares)
        .as(
            (period, count, margin, share) ->
                new RateLimit(
                    count, micros(period), Math.max(1, count * share / 100), micros(margin)));
  }

  private static Duration micros(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  private RandomLimits() {}
}
