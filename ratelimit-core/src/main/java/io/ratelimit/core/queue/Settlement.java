package io.ratelimit.core.queue;

/** The result of settling, releasing or extending a lease. */
public enum Settlement {
  /** The lease held, and the queue did as asked. */
  SETTLED,
  /**
   * The lease no longer held the event: it had expired and been reclaimed, or was already settled.
   * Nothing changed.
   */
  STALE_LEASE
}
