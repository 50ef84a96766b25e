package io.ratelimit.core.queue;

/** What became of the wish to bring a failed event back. */
public enum Redrive {
  /** It waits again, with its attempts counted anew. */
  REDRIVEN,
  /**
   * It stays failed, because an event of the same id is unfinished, or one of the same key of
   * {@link PublishTerms.Latest}.
   */
  DUPLICATE,
  /** It stays failed, because the store holds of it what cannot be read. */
  UNREADABLE,
  /** The failed queue has no such event. */
  NOT_FOUND
}
