package io.ratelimit.http.internal.verdict;

import io.ratelimit.http.answer.Verdict;
import io.ratelimit.http.quota.RemoteQuota;
import java.time.Duration;

/** The lengths of pauses. */
public final class Pauses {

  /** Long enough not to look like an attack, short enough for a repaired account. */
  public static final Duration WHEN_NOT_ADMITTED = Duration.ofMinutes(5);

  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /**
   * Returns the length of a pause before it grows: as the API says, within plausible bounds, or as
   * its cause requires.
   *
   * @param withoutHint the length for a cause that passes by itself
   */
  public static Duration wanted(Verdict.Pause verdict, Duration withoutHint) {
    Duration wanted =
        verdict
            .duration()
            .orElse(
                verdict.cause() == Verdict.Cause.NOT_ADMITTED ? WHEN_NOT_ADMITTED : withoutHint);
    if (wanted.compareTo(SHORTEST) < 0) {
      // Some APIs send 0, or a time that has passed on arrival.
      return SHORTEST;
    }
    return wanted.compareTo(RemoteQuota.LONGEST) > 0 ? RemoteQuota.LONGEST : wanted;
  }

  private Pauses() {}
}
