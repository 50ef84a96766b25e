package io.ratelimit.core.queue;

import java.time.Instant;

/**
 * An attempt that ended without completing its event. Times are by the queue's clock.
 *
 * @param attempt which attempt at the event it was, from 1
 * @param takenAt when the event was taken
 * @param endedAt when the attempt was settled, or when the queue noticed that its lease had expired
 * @param reason what went wrong, shortened to {@value #MAX_REASON_BYTES} bytes in UTF-8
 */
public record PastAttempt(int attempt, Instant takenAt, Instant endedAt, String reason) {

  /** A longer reason is shortened, and ends in "…". */
  public static final int MAX_REASON_BYTES = 200;
}
