package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;

/**
 * A request to take events.
 *
 * @param id identifies the request: repeated with the same id while its leases are held, it returns
 *     the same leases and spends nothing. Unique for each new request over all clients; not blank
 * @param worker who takes, for people to read; not blank
 * @param maxEvents how many events are wanted at most: 1 to {@value #MAX_EVENTS}
 * @param lease how long the events are held without an extension: more than zero
 * @param types which types of events are wanted; no other is taken, and none of the others costs a
 *     permit
 */
public record TakeRequest(
    String id, String worker, int maxEvents, Duration lease, WantedTypes types) {

  /** The largest number of events in one request. */
  public static final int MAX_EVENTS = 1_000;

  /**
   * Creates a request.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public TakeRequest {
    Requirements.notBlank("id", id);
    Requirements.notBlank("worker", worker);
    Requirements.between("number of events", maxEvents, 1, MAX_EVENTS);
    Requirements.positive("lease", lease);
    requireNonNull(types, "types");
  }

  /**
   * Creates a request for events of all types.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public TakeRequest(String id, String worker, int maxEvents, Duration lease) {
    this(id, worker, maxEvents, lease, WantedTypes.all());
  }

  /** Returns a request for one event, of any type. */
  public static TakeRequest one(String id, String worker, Duration lease) {
    return new TakeRequest(id, worker, 1, lease);
  }

  /** Returns the token of the lease on the nth event that this request takes, counted from 0. */
  public String token(int n) {
    return id + '#' + n;
  }
}
