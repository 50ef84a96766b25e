package io.ratelimit.core.queue;

/** Which events to discard. Leased events are held by a worker and are never discarded. */
public enum ClearScope {
  /** Waiting events: pending and delayed. */
  PENDING,
  /** Those in the failed queue. */
  FAILED,
  /** Both. */
  ALL;

  /** Returns whether waiting events are included. */
  public boolean includesPending() {
    return this != FAILED;
  }

  /** Returns whether failed events are included. */
  public boolean includesFailed() {
    return this != PENDING;
  }
}
