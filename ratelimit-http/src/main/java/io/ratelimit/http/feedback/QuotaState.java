package io.ratelimit.http.feedback;

import io.ratelimit.core.limit.RateLimit;
import java.time.Instant;
import java.util.Optional;

/**
 * What one process remembers of an API's quota.
 *
 * @param ceiling the limit that somebody set, and that is never exceeded
 * @param allowed the fastest form of it that the API's policies allow, as they were last declared
 * @param lastSeen the queue's limit as it was when last looked at
 * @param changedAt when the limit was last seen to have changed: what was asked before says nothing
 *     about it
 * @param quietSince since when the limit has not changed, and nobody was too fast
 */
public record QuotaState(
    RateLimit ceiling,
    RateLimit allowed,
    Optional<RateLimit> lastSeen,
    Instant changedAt,
    Instant quietSince) {

  /** Returns the beginning: nothing is known of the API. */
  public static QuotaState of(RateLimit configured) {
    return new QuotaState(configured, configured, Optional.empty(), Instant.MIN, Instant.MIN);
  }

  /** Returns the state with another ceiling, the limit that somebody set. */
  QuotaState withCeiling(RateLimit newCeiling) {
    return new QuotaState(newCeiling, newCeiling, lastSeen, changedAt, quietSince);
  }

  QuotaState withAllowed(RateLimit newAllowed) {
    return new QuotaState(ceiling, newAllowed, lastSeen, changedAt, quietSince);
  }

  /** Notes the queue's limit. If it has changed, the quiet time begins now. */
  QuotaState seeing(RateLimit limit, Instant now) {
    Optional<RateLimit> seen = Optional.of(limit);
    return lastSeen.equals(seen) ? this : new QuotaState(ceiling, allowed, seen, now, now);
  }

  /**
   * Notes the first limit seen, which is not a change: it was in force when the request was sent.
   */
  QuotaState lookingFirst(RateLimit limit, Instant sentAt) {
    return lastSeen.isPresent()
        ? this
        : new QuotaState(ceiling, allowed, Optional.of(limit), changedAt, sentAt);
  }

  QuotaState disturbedAt(Instant now) {
    return new QuotaState(ceiling, allowed, lastSeen, changedAt, now);
  }
}
