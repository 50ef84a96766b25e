package io.ratelimit.core.queue;

/** What became of the wish to bring a failed event back. */
public enum Redrive {
  /** It waits again, with its attempts counted anew. */
  REDRIVEN,
  /** It stays failed, because an event of the same id is unfinished. */
  DUPLICATE,
  /** The failed queue has no such event. */
  NOT_FOUND
}
