package io.ratelimit.core.internal.engine;

import java.time.Duration;
import java.time.Instant;

/**
 * Measures how fast attempts succeed, and so for how many events a lane will soon be free. Reads no
 * clock; not thread-safe.
 */
final class Pace {

  /** About how long an event taken ahead waits for a lane. */
  private static final Duration MOMENT = Duration.ofMillis(4);

  /** A longer attempt could hold up the events that wait for its lane for too long. */
  private static final Duration BRIEF = Duration.ofMillis(8);

  /** The number of brief attempts that allow one more event ahead. */
  private static final int BRIEF_ONES_FOR_ONE = 16;

  /**
   * The number of brief attempts that a long one cancels out: a few long ones among many are due to
   * a busy machine.
   */
  private static final int BRIEF_ONES_FOR_A_LONG_ONE = 2 * BRIEF_ONES_FOR_ONE;

  private static final int MOST_BRIEF_ONES = BRIEF_ONES_FOR_ONE * Ahead.MOST;

  private int briefOnes;
  private Instant since = Instant.MIN;
  private int succeededSince;
  private int inAMoment;

  /** Counts an attempt that succeeded. */
  void succeeded(Duration processing) {
    succeededSince++;
    briefOnes =
        processing.compareTo(BRIEF) <= 0
            ? Math.min(MOST_BRIEF_ONES, briefOnes + 1)
            : Math.max(0, briefOnes - BRIEF_ONES_FOR_A_LONG_ONE);
  }

  /**
   * Returns how many events may be taken ahead: as many as lanes recently came free for in 4 ms,
   * but at most one per 16 brief attempts, so that few of them end up behind a slow attempt.
   */
  int ahead(Instant now) {
    if (since.equals(Instant.MIN)) {
      restart(now);
    }
    Duration measured = Duration.between(since, now);
    if (measured.compareTo(MOMENT) >= 0) {
      inAMoment = (int) Math.round((double) succeededSince * MOMENT.toNanos() / measured.toNanos());
      restart(now);
    }
    return Math.min(inAMoment, briefOnes / BRIEF_ONES_FOR_ONE);
  }

  private void restart(Instant now) {
    since = now;
    succeededSince = 0;
  }

  /** Stops expecting brief attempts: events taken ahead were behind a slow one. */
  void expectSlow() {
    briefOnes = 0;
  }
}
