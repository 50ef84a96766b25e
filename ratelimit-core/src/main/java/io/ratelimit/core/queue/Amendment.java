package io.ratelimit.core.queue;

/** What became of the wish to change an event that waits. */
public enum Amendment {
  /** It is as was wished. */
  MADE,
  /** It stays as it is, because somebody processes it now. */
  LEASED,
  /** No event of this id is unfinished. */
  NOT_FOUND
}
