package io.ratelimit.http.internal.verdict;

import java.time.Instant;

/**
 * Counts answers in a row of a kind that is either one event's own fault or everybody's, like 403:
 * the first few are taken for the event's, then one for everybody's, and it begins again. So an API
 * that refuses everything costs few events each pause, and an event that is always refused does not
 * hold up the others for ever. Thread-safe.
 */
public final class Refusals {

  private final int bearable;
  private int inARow;
  private Instant refusedEveryoneAt = Instant.MIN;

  /**
   * @param bearable how many in a row are the events' own
   */
  public Refusals(int bearable) {
    this.bearable = bearable;
  }

  /**
   * One more.
   *
   * @param sentAt when it was asked
   * @param now when it was answered
   * @return whether this is everybody's: so are all that were asked before that was known
   */
  public synchronized boolean isEveryones(Instant sentAt, Instant now) {
    if (!sentAt.isAfter(refusedEveryoneAt)) {
      return true;
    }
    inARow++;
    if (inARow <= bearable) {
      return false;
    }
    inARow = 0;
    refusedEveryoneAt = now;
    return true;
  }

  /** An answer of another kind. */
  public synchronized void broken() {
    inARow = 0;
  }
}
