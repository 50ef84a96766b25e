package io.ratelimit.http.internal.verdict;

import io.ratelimit.http.answer.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * Counts answers in a row of a kind that is either one event's own fault or everybody's, like 403:
 * the first few are taken for the event's, then one for everybody's, and it begins again. So an API
 * that refuses everything costs few events each pause, and an event that is always refused does not
 * hold up the others for ever. Thread-safe.
 */
public final class Refusals {

  /** How many events may fail in a row. */
  static final int BEARABLE = 2;

  private static final String EVERYONES =
      "so were the previous ones, and probably every event would be";

  private int inARow;
  private Instant refusedEveryoneAt = Instant.MIN;

  /**
   * Decides what a verdict means after those before.
   *
   * @param sentAt when it was asked
   * @param now when it was answered
   * @return the verdict itself, or what stands for a refusal
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

  /** So are all that were asked before it was known. */
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
