package io.ratelimit.cli.shell;

import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.util.Optional;

/** How full the window of a limit is, as people read it. */
public final class StartsText {

  /** A wait that is no longer than this, or than a permit takes, is the ordinary pace. */
  private static final Duration WORTH_SAYING = Duration.ofSeconds(1);

  /**
   * Says what is in the window and what is allowed now. After a raised limit more starts may lie in
   * the window than the normal one allows: they were allowed when they were made.
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

  /** The same in a few characters: what was allowed earlier only is marked. */
  public static String brief(long starts, RateLimit limit) {
    return starts <= limit.permits() ? starts + "/" + limit.permits() : starts + " (earlier limit)";
  }

  /**
   * The same, and how long nothing starts, where the pace does not explain it.
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
   * Says how long nothing starts; empty where that is no longer than the pace explains.
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
