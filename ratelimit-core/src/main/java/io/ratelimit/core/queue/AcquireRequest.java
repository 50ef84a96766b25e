package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.RateLimit;

/**
 * A request to start something without taking an event.
 *
 * @param id identifies the request: if it is repeated with the same id soon after, it gets the same
 *     start and spends nothing, see {@link EventQueue#acquire}. Unique for each new request over
 *     all clients; not blank
 * @param charges what the start costs
 */
public record AcquireRequest(String id, Charges charges) {

  /**
   * Creates a request.
   *
   * @throws IllegalArgumentException if the id is blank
   */
  public AcquireRequest {
    Requirements.notBlank("id", id);
    requireNonNull(charges, "charges");
  }

  /**
   * Creates a request for permits of the queue's own limit.
   *
   * @param permits how many permits the start costs: 1 to {@value RateLimit#MAX_PERMITS}
   * @throws IllegalArgumentException if a value is outside its range
   */
  public AcquireRequest(String id, int permits) {
    this(id, Charges.permits(permits));
  }

  /** Returns how many permits of the queue's own limit the start costs. */
  public int permits() {
    return charges.permits();
  }
}
