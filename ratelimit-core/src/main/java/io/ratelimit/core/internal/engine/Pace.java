package io.ratelimit.core.internal.engine;

import io.ratelimit.core.queue.TakeRequest;
import java.time.Duration;
import java.time.Instant;

/**
 * How fast attempts succeed, and so for how many events a lane will be free in a moment. Pure but
 * for its memory; not thread-safe.
 */
final class Pace {

  /** What is taken ahead waits for a lane about as long. */
  private static final Duration MOMENT = Duration.ofMillis(4);

  /** An attempt that takes longer could hold up for too long what waits for its lane. */
  private static final Duration BRIEF = Duration.ofMillis(8);

  /** For so many brief attempts there is one more event ahead. */
  private static final int BRIEF_ONES_FOR_ONE = 16;

  /** A long attempt counts against so many: few among many are a busy machine's. */
  private static final int BRIEF_ONES_FOR_A_LONG_ONE = 2 * BRIEF_ONES_FOR_ONE;

  private static final int MOST_BRIEF_ONES = BRIEF_ONES_FOR_ONE * TakeRequest.MAX_EVENTS;

  private int briefOnes;
  private Instant since = Instant.MIN;
  private int succeededSince;
  private int inAMoment;

  /** Notes an attempt that succeeded. */
  void succeeded(Duration processing) {
    succeededSince++;
    briefOnes =
        processing.compareTo(BRIEF) <= 0
            ? Math.min(MOST_BRIEF_ONES, briefOnes + 1)
            : Math.max(0, briefOnes - BRIEF_ONES_FOR_A_LONG_ONE);
  }

  /**
   * Returns how many events may be taken ahead: as many as lanes came free for in a moment lately,
   * but at most one for 16 brief attempts, so that of all that are taken few meet a slow one.
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

  /** Expects nothing of the next attempts: what was taken ahead has met a slow one. */
  void expectSlow() {
    briefOnes = 0;
  }
}
