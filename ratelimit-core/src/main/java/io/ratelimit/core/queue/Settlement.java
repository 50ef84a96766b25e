package io.ratelimit.core.queue;

/** What became of an attempt to settle, release or extend a lease. */
public enum Settlement {
  /** The lease held, and the queue did as asked. */
  SETTLED,
  /**
   * The lease was no longer the one that holds the event: it had expired and been reclaimed, or was
   * settled before. Nothing changed.
   */
  STALE_LEASE
}
