package io.ratelimit.core.queue;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.RateLimit;

/**
 * The wish to start something that no event is taken for.
 *
 * @param id identifies the request: sent again with the same id soon after, it gets the same start
 *     and spends nothing, see {@link EventQueue#acquire}. Unique for each new request over all
 *     clients; not blank
 * @param permits how many permits the start costs: 1 to {@value RateLimit#MAX_PERMITS}
 */
public record AcquireRequest(String id, int permits) {

  /**
   * Creates a request.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public AcquireRequest {
    Requirements.notBlank("id", id);
    Requirements.between("number of permits", permits, 1, RateLimit.MAX_PERMITS);
  }
}
