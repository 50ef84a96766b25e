package io.ratelimit.http.internal.verdict;

import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.Statuses;
import io.ratelimit.http.answer.Verdict;
import java.time.Duration;
import java.util.Optional;

/**
 * Turns answers into verdicts. Whatever would befall every event alike pauses everyone rather than
 * drain the queue into the failed queue. Thread-safe.
 */
public final class Verdicts {

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

  /** Long enough not to look like an attack, short enough for a repaired account. */
  public static final Duration PAUSE_WHEN_REFUSED = Duration.ofMinutes(5);

  /** How many events may fail of 403s and redirects in a row. */
  public static final int BEARABLE_REFUSALS = 2;

  private final Duration pauseWithoutHint;
  private final Refusals refusals = new Refusals(BEARABLE_REFUSALS);

  /**
   * @param pauseWithoutHint for how long a 429 pauses that does not say so
   */
  public Verdicts(Duration pauseWithoutHint) {
    this.pauseWithoutHint = pauseWithoutHint;
  }

  /**
   * The verdict on an answer.
   *
   * @param told the answer in words, for the reason
   */
  public Verdict on(Answer answer, String told) {
    int status = answer.status();
    if (status == Statuses.FORBIDDEN || Statuses.isRedirect(status)) {
      return onRefusal(answer, told);
    }
    refusals.broken();
    if (Statuses.isSuccess(status)) {
      return new Verdict.Done();
    }
    if (answer.isThrottled()) {
      return new Verdict.Pause(
          pause(
              answer
                  .quota()
                  .retryAfter()
                  .or(answer.quota()::exhaustedFor)
                  .orElse(pauseWithoutHint)),
          told);
    }
    Optional<Duration> retryAfter = answer.quota().retryAfter();
    if (status == Statuses.SERVICE_UNAVAILABLE && retryAfter.isPresent()) {
      return new Verdict.Pause(pause(retryAfter.get()), told);
    }
    if (status == Statuses.UNAUTHORIZED || status == Statuses.PROXY_AUTHENTICATION_REQUIRED) {
      return new Verdict.Pause(
          PAUSE_WHEN_REFUSED, told + "; the token is not accepted, and would not be for any event");
    }
    return Statuses.isServersFault(status)
            || status == Statuses.REQUEST_TIMEOUT
            || status == Statuses.TOO_EARLY
        ? new Verdict.Retry(told)
        : new Verdict.Failed(told);
  }

  private Verdict onRefusal(Answer answer, String told) {
    String refusal =
        Statuses.isRedirect(answer.status())
            ? told + "; redirects are not followed, the token would go along"
            : told;
    return refusals.isEveryones(answer.sentAt(), answer.answeredAt())
        ? new Verdict.Pause(
            PAUSE_WHEN_REFUSED,
            refusal + "; so were those before, and it would probably be so for every event")
        : new Verdict.Failed(refusal);
  }

  /** Some APIs say 0, or a time that is past when it arrives. */
  private static Duration pause(Duration wanted) {
    return wanted.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : wanted;
  }
}
