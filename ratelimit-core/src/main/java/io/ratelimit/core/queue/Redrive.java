package io.ratelimit.core.queue;

/** The result of a request to bring a failed event back. */
public enum Redrive {
  /** It waits again, with a new count of attempts. */
  REDRIVEN,
  /**
   * It stays failed, because an event of the same id is unfinished, or one of the same key of
   * {@link PublishTerms.Latest}.
   */
  DUPLICATE,
  /** It stays failed, because its stored data cannot be read. */
  UNREADABLE,
  /** The failed queue has no such event. */
  NOT_FOUND
}
