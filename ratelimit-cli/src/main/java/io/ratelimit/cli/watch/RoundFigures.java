package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Function;

/** Formats figures of a kept round, the same for every screen. */
public final class RoundFigures {

  /** Shown in place of an unknown value. */
  public static final String UNKNOWN = "?";

  /** Returns the highest limit that was in force. */
  public static Optional<RateLimit> highest(RoundRecord round) {
    return round.limit().inForce().stream()
        .map(RoundRecord.InForce::limit)
        .max(Comparator.comparingDouble(RateLimit::perMinute))
        .or(round.limit()::normal);
  }

  /** Returns the duration that nine tenths of the attempts did not exceed. */
  public static Optional<Duration> slow(RoundRecord round) {
    return round
        .sample()
        .processing()
        .filter(times -> times.total() > 0)
        .map(times -> times.percentiles().p90());
  }

  /** Returns a margin with its sign, or the number of events left. */
  public static String margin(RoundRecord round) {
    Optional<Long> left = round.counts().map(RoundRecord.Counts::remaining);
    return round
        .margin()
        .map(margin -> (margin.isNegative() ? "" : "+") + Texts.tenths(margin))
        .or(() -> left.map(count -> count + " left"))
        .orElse(UNKNOWN);
  }

  /** Returns a value as text, or {@link #UNKNOWN}. */
  public static <T> String shown(Optional<T> value, Function<T, String> text) {
    return value.map(text).orElse(UNKNOWN);
  }

  private RoundFigures() {}
}
