package io.ratelimit.http.feedback;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.http.quota.RemoteQuota.Policy;
import java.math.BigInteger;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * Slower forms of a limit: as many permits, paced, in a longer period. Fewer permits would do for
 * an API, but an event that weighs more than there are permits goes to the failed queue.
 */
public final class Slowdown {

  private static final Duration LONGEST_PERIOD = Duration.ofDays(31);
  private static final Duration LONGEST_MARGIN = Duration.ofDays(1);

  /** Returns whether a limit is one, or a slower form of one. */
  public static boolean isFormOf(RateLimit limit, RateLimit ceiling) {
    return limit.equals(ceiling)
        || (limit.permits() == ceiling.permits()
            && limit.burst() == 1
            && !limit.isFasterThan(ceiling));
  }

  /**
   * Returns the fastest form of a limit that obeys an API's policy, with the limit's margin: the
   * limit itself, if it does.
   */
  public static RateLimit obeying(Policy policy, RateLimit limit) {
    if (mostStarts(limit, policy.window()) <= policy.requests()) {
      return limit;
    }
    RateLimit paced = limit.withBurst(1);
    RateLimit stretched =
        with(
            limit,
            scaled(policy.window(), limit.permits(), policy.requests()),
            scaled(limit.margin(), limit.permits(), policy.requests()));
    return stretched.isFasterThan(paced) ? paced : stretched;
  }

  /** Returns a limit's period and margin times a fraction, rounded up. */
  static RateLimit times(RateLimit limit, long numerator, long denominator) {
    return with(
        limit,
        scaled(limit.period(), numerator, denominator),
        scaled(limit.margin(), numerator, denominator));
  }

  /** Returns the most starts in any span of this length. */
  private static long mostStarts(RateLimit limit, Duration time) {
    Duration window = limit.window();
    long paced = limit.burst() - 1 + quotientUp(time, window, limit.permits());
    long windows = quotientUp(time, window, 1);
    return Math.min(paced, windows * limit.permits());
  }

  private static long quotientUp(Duration time, Duration window, long factor) {
    BigInteger divisor = micros(window);
    return micros(time)
        .multiply(BigInteger.valueOf(factor))
        .add(divisor.subtract(BigInteger.ONE))
        .divide(divisor)
        .longValueExact();
  }

  private static RateLimit with(RateLimit limit, Duration period, Duration margin) {
    return new RateLimit(
        limit.permits(), shorter(period, LONGEST_PERIOD), 1, shorter(margin, LONGEST_MARGIN));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration scaled(Duration duration, long numerator, long denominator) {
    BigInteger divisor = BigInteger.valueOf(denominator);
    BigInteger scaled =
        micros(duration)
            .multiply(BigInteger.valueOf(numerator))
            .add(divisor.subtract(BigInteger.ONE))
            .divide(divisor);
    BigInteger most = micros(LONGEST_PERIOD);
    return Duration.of(scaled.min(most).longValueExact(), ChronoUnit.MICROS);
  }

  private static BigInteger micros(Duration duration) {
    return BigInteger.valueOf(duration.toSeconds())
        .multiply(BigInteger.valueOf(TimeUnit.SECONDS.toMicros(1)))
        .add(BigInteger.valueOf(duration.toNanosPart() / 1_000));
  }

  private Slowdown() {}
}
