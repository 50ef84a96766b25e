package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;

/**
 * The wish to take events.
 *
 * @param id identifies the request: sent again with the same id while its leases are held, it
 *     returns the same leases and spends nothing. Unique for each new request over all clients; not
 *     blank
 * @param worker who takes, for people to read; not blank
 * @param maxEvents how many events are wanted at most: 1 to {@value #MAX_EVENTS}
 * @param lease how long the events are held without an extension: more than zero
 */
public record TakeRequest(String id, String worker, int maxEvents, Duration lease) {

  /** The largest number of events in one request. */
  public static final int MAX_EVENTS = 1_000;

  /**
   * Creates a request.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public TakeRequest {
    requireNonNull(lease, "lease");
    if (id.isBlank() || worker.isBlank()) {
      throw new IllegalArgumentException(
          "a take needs an id and a worker, not blank, but has \"" + id + "\", \"" + worker + "\"");
    }
    if (maxEvents < 1 || maxEvents > MAX_EVENTS) {
      throw new IllegalArgumentException(
          "a take asks for 1 to " + MAX_EVENTS + " events but this one for " + maxEvents);
    }
    Requirements.positive("lease", lease);
  }

  /** A request for one event. */
  public static TakeRequest one(String id, String worker, Duration lease) {
    return new TakeRequest(id, worker, 1, lease);
  }

  /** The token of the lease on the nth event that this request takes, counted from 0. */
  public String token(int n) {
    return id + '#' + n;
  }
}
