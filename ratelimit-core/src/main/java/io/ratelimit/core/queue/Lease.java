package io.ratelimit.core.queue;

import io.ratelimit.core.event.AuditEvent;
import java.time.Instant;

/**
 * A taken event, held under a token until it is settled or the lease expires. Immutable.
 *
 * <p>Times are by the queue's clock, which for a queue in a store is the store's.
 *
 * @param token proves to the queue that this lease still holds the event
 * @param sequence the event's place in the order of publication
 * @param event the event
 * @param attempt which attempt at the event this is, from 1; those that were released do not count
 * @param worker who took it
 * @param publishedAt when the event was published; of one with a delayed start, from when on it
 *     might start
 * @param takenAt when it was taken: the start that the rate limit counts
 * @param expiresAt when the lease ends unless it is extended; the event then waits again
 */
public record Lease(
    String token,
    long sequence,
    AuditEvent event,
    int attempt,
    String worker,
    Instant publishedAt,
    Instant takenAt,
    Instant expiresAt) {

  /** Returns this lease with another end. */
  public Lease withExpiresAt(Instant newExpiresAt) {
    return new Lease(token, sequence, event, attempt, worker, publishedAt, takenAt, newExpiresAt);
  }
}
