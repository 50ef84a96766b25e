package io.ratelimit.http.internal.verdict;

import io.ratelimit.http.answer.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * Counts consecutive answers, such as 403, that concern either one event or everyone: the first few
 * count as the event's, the next one as everyone's, and then the count starts again. So an API that
 * refuses everything costs few events per pause, and an event that is always refused does not hold
 * up the others forever. Thread-safe.
 */
public final class Refusals {

  /** The number of events that may fail in a row. */
  static final int BEARABLE = 2;

  private static final String EVERYONES =
      "so were the previous ones, and probably every event would be";

  private int inARow;
  private Instant refusedEveryoneAt = Instant.MIN;

  /**
   * Decides what a verdict means after the previous ones.
   *
   * @param sentAt when the request was sent
   * @param now when the answer arrived
   * @return the verdict itself, or the replacement of a refusal
   */
  public Verdict weigh(Verdict verdict, Instant sentAt, Instant now) {
    if (!(verdict instanceof Verdict.Refuse refusal)) {
      broken();
      return verdict;
    }
    return isEveryones(sentAt, now)
        ? Verdict.pause(
            Verdict.Cause.NOT_ADMITTED,
            Optional.empty(),
            refusal.why().isEmpty() ? EVERYONES : refusal.why() + "; " + EVERYONES)
        : Verdict.fail(refusal.why());
  }

  /** Returns whether a refusal concerns everyone; so do all requests sent before this was known. */
  private synchronized boolean isEveryones(Instant sentAt, Instant now) {
    if (!sentAt.isAfter(refusedEveryoneAt)) {
      return true;
    }
    inARow++;
    if (inARow <= BEARABLE) {
      return false;
    }
    inARow = 0;
    refusedEveryoneAt = now;
    return true;
  }

  private synchronized void broken() {
    inARow = 0;
  }
}
