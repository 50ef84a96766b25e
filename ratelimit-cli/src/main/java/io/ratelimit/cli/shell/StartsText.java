package io.ratelimit.cli.shell;

import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.util.Optional;

/** Describes how full the window of a limit is. */
public final class StartsText {

  /** A wait no longer than this, or than the interval of permits, is the normal pace. */
  private static final Duration WORTH_SAYING = Duration.ofSeconds(1);

  /**
   * Describes the starts in the window and the limit. After a raised limit, the window may hold
   * more starts than the normal limit allows; they were allowed when they were made.
   *
   * @param starts the weight of the starts in the window
   * @param limit the limit in force
   */
  public static String of(long starts, RateLimit limit) {
    String window = Texts.duration(limit.window());
    return starts <= limit.permits()
        ? starts + " of " + limit.permits() + " starts in " + window
        : starts
            + " starts in "
            + window
            + ", made under a higher limit; "
            + limit.permits()
            + " are allowed now";
  }

  /**
   * Returns the same in a few characters, with starts that only an earlier limit allowed marked.
   */
  public static String brief(long starts, RateLimit limit) {
    return starts <= limit.permits() ? starts + "/" + limit.permits() : starts + " (earlier limit)";
  }

  /**
   * Returns the same, and how long nothing starts, if the pace does not explain that.
   *
   * @param paused whether starts are paused
   * @param untilNextStart how long nothing may be started, if not at once
   */
  public static String of(
      long starts, RateLimit limit, boolean paused, Optional<Duration> untilNextStart) {
    Optional<String> held =
        starts > limit.permits() && !paused
            ? untilNextStart.map(wait -> "starts resume in " + Texts.tenths(wait))
            : held(limit, paused, untilNextStart);
    return of(starts, limit) + held.map(text -> "; " + text).orElse("");
  }

  /**
   * Describes how long nothing starts; empty if the pace explains it.
   *
   * @param paused whether starts are paused
   * @param untilNextStart how long nothing may be started, if not at once
   */
  public static Optional<String> held(
      RateLimit limit, boolean paused, Optional<Duration> untilNextStart) {
    if (paused) {
      return Optional.of(
          untilNextStart
              .map(wait -> "paused for " + Texts.tenths(wait))
              .orElse("paused until resumed"));
    }
    return untilNextStart
        .filter(wait -> wait.compareTo(WORTH_SAYING) > 0)
        .filter(wait -> Texts.seconds(wait) > limit.secondsPerPermit())
        .map(wait -> "nothing starts for " + Texts.tenths(wait));
  }

  private StartsText() {}
}
