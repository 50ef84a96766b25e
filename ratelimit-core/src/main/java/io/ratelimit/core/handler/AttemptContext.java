package io.ratelimit.core.handler;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.queue.Costs;
import java.time.Duration;
import java.time.Instant;

/**
 * An attempt at an event, as its handler and its interceptors see it. Instants are the queue's.
 * Thread-safe; no call blocks.
 */
public interface AttemptContext {

  /** Returns the event. */
  AuditEvent event();

  /** Returns which attempt at the event this is, from 1. */
  int attempt();

  /** Returns when the event was published, or from when on it might start if that was delayed. */
  Instant publishedAt();

  /** Returns when the attempt is broken off for taking too long, unless it is {@link #extend}ed. */
  Instant deadline();

  /**
   * Returns until when the event is held for this attempt. It is extended while the attempt lasts;
   * past this instant, somebody else may have the event.
   */
  Instant leaseExpiresAt();

  /** Returns how long an event of this type is expected to take. */
  default Duration expectedTime() {
    return event().type().processingTime();
  }

  /**
   * Lets the attempt take longer than the handler timeout allows, until so long from now. Does
   * nothing if it may take as long already. No attempt may take longer than 24 hours, or than the
   * handler timeout if that is longer.
   *
   * @param time more than zero
   * @return the deadline that holds now
   * @throws IllegalArgumentException if the time is not more than zero
   */
  Instant extend(Duration time);

  /**
   * Returns whether nobody waits for the attempt any more: it took too long, its lease is lost, or
   * whoever made it stops.
   */
  boolean isCancelled();

  /**
   * Has something done when the attempt is cancelled: at once if it is already, never if it ends
   * before. For a client that neither an interrupt nor the cancellation of its future stops.
   *
   * @param action must return soon; what it throws is logged
   */
  void onCancel(Runnable action);

  /**
   * Says what the attempt cost in the queue's own limit, if that was not the event's weight: the
   * queue is told when the attempt ends, however it ends, and counts it at the attempt's start.
   * Said twice, the later holds; said after the end, it does nothing. See {@link
   * io.ratelimit.core.queue.EventQueue#correct}.
   *
   * @param permits 0 to {@value io.ratelimit.core.limit.RateLimit#MAX_PERMITS}
   * @throws IllegalArgumentException if the number is outside its range
   */
  void cost(int permits);

  /**
   * Says the same of a named limit, for the key under which the attempt paid in it.
   *
   * @param limit its name; of one that the attempt paid nothing in, nothing is corrected
   * @param cost 0 to {@value io.ratelimit.core.limit.RateLimit#MAX_PERMITS}
   * @throws IllegalArgumentException if a value is outside its range
   */
  void cost(String limit, int cost);

  /**
   * Says how much of a named limit an API counts as used, by whomsoever, in its answer to this
   * attempt. If the queue has counted less, nothing starts that would exceed the limit together
   * with what was told; if it has counted more, nothing changes.
   *
   * @throws IllegalArgumentException if it is one too many
   */
  void used(Costs.Usage usage);

  /**
   * Returns a text that is the same for every attempt at the event, in whichever process, and
   * another one once the event was published again after it was done. For an API that wants to
   * recognize a request that it has seen.
   */
  default String idempotencyKey() {
    return event().id() + '/' + publishedAt().toEpochMilli();
  }
}
