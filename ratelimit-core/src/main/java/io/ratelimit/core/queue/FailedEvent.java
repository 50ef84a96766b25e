package io.ratelimit.core.queue;

import io.ratelimit.core.event.AuditEvent;
import java.time.Instant;
import java.util.List;

/**
 * An event that was given up. An event whose stored record cannot be read is also a failed event:
 * its type is {@link io.ratelimit.core.event.EventType#UNREADABLE}.
 *
 * @param sequence identifies this failure in the failed queue; the place of the event in the order
 *     of publication
 * @param event the event
 * @param attempts how many attempts it had: one for each time it was taken, unless it was released.
 *     If its leases expired until no attempt was left, the last time was to give it up, without a
 *     call of its handler
 * @param reason why it was given up
 * @param failedAt when, by the queue's clock
 * @param publishedAt when it was published, by the queue's clock; of one with a delayed start, from
 *     when on it might start
 * @param history its attempts, the earliest first: the latest {@value #MAX_HISTORY} since it was
 *     published or redriven; unmodifiable
 */
public record FailedEvent(
    long sequence,
    AuditEvent event,
    int attempts,
    String reason,
    Instant failedAt,
    Instant publishedAt,
    List<PastAttempt> history) {

  /** How many attempts are kept in the history of an event. */
  public static final int MAX_HISTORY = 10;

  /** Creates a failed event; the history is copied. */
  public FailedEvent {
    history = List.copyOf(history);
  }

  /**
   * An attempt that ended without completing its event. Times are by the queue's clock.
   *
   * @param attempt which attempt at the event it was, from 1
   * @param takenAt when the event was taken
   * @param endedAt when the attempt was settled, or when the queue noticed that its lease had
   *     expired
   * @param reason what went wrong, shortened to {@value #MAX_REASON_BYTES} bytes in UTF-8
   */
  public record PastAttempt(int attempt, Instant takenAt, Instant endedAt, String reason) {

    /** A longer reason is shortened, and ends in "…". */
    public static final int MAX_REASON_BYTES = 200;
  }
}
