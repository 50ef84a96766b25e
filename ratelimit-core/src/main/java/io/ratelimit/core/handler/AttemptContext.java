package io.ratelimit.core.handler;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.queue.Costs;
import java.time.Duration;
import java.time.Instant;

/**
 * An attempt at an event, as its handler and its interceptors see it. All instants are by the
 * queue's clock. Thread-safe; no call blocks.
 */
public interface AttemptContext {

  /** Returns the event. */
  AuditEvent event();

  /** Returns the number of this attempt at the event, from 1. */
  int attempt();

  /** Returns when the event was published or, if its start was delayed, when it was due. */
  Instant publishedAt();

  /**
   * Returns when the attempt is canceled because it took too long, unless it is {@link #extend}ed.
   */
  Instant deadline();

  /**
   * Returns until when the event is held for this attempt. The lease is extended while the attempt
   * lasts; after this instant, another worker may have the event.
   */
  Instant leaseExpiresAt();

  /** Returns how long an event of this type is expected to take. */
  default Duration expectedTime() {
    return event().type().processingTime();
  }

  /**
   * Lets the attempt take longer than the handler timeout allows: this long from now. Does nothing
   * if it may already take that long. No attempt may take longer than 24 hours, or than the handler
   * timeout if that is longer.
   *
   * @param time more than zero
   * @return the deadline now in force
   * @throws IllegalArgumentException if the time is not more than zero
   */
  Instant extend(Duration time);

  /**
   * Returns whether the attempt is no longer needed: it took too long, its lease is lost, or the
   * engine or worker stops.
   */
  boolean isCancelled();

  /**
   * Runs an action when the attempt is canceled: at once if it already is, never if the attempt
   * ends first. Use it for a client that neither an interrupt nor the cancellation of its future
   * stops.
   *
   * @param action must return soon; what it throws is logged
   */
  void onCancel(Runnable action);

  /**
   * Reports what the attempt cost in the queue's own limit, if that was not the event's weight. The
   * queue learns it when the attempt ends, whatever the outcome, and counts it at the attempt's
   * start. If called twice, the later value counts; after the attempt's end, it does nothing. See
   * {@link io.ratelimit.core.queue.EventQueue#correct}.
   *
   * @param permits 0 to {@value io.ratelimit.core.limit.RateLimit#MAX_PERMITS}
   * @throws IllegalArgumentException if the number is outside its range
   */
  void cost(int permits);

  /**
   * Reports the cost in a named limit, for the key that the attempt paid for.
   *
   * @param limit its name; if the attempt paid nothing in this limit, nothing is corrected
   * @param cost 0 to {@value io.ratelimit.core.limit.RateLimit#MAX_PERMITS}
   * @throws IllegalArgumentException if a value is outside its range
   */
  void cost(String limit, int cost);

  /**
   * Reports how much of a named limit the API counts as used, by anyone, in its answer to this
   * attempt. If the queue has counted less, nothing starts that would exceed the limit together
   * with the reported usage; if it has counted more, nothing changes.
   *
   * @throws IllegalArgumentException if there are too many usages
   */
  void used(Costs.Usage usage);

  /**
   * Returns a key that is the same for every attempt at the event, in any process, and that changes
   * when the event is published again after it was done. Use it for an API that recognizes repeated
   * requests.
   */
  default String idempotencyKey() {
    return event().id() + '/' + publishedAt().toEpochMilli();
  }
}
