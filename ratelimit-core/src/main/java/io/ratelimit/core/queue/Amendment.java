package io.ratelimit.core.queue;

/** The result of a request to change a waiting event. */
public enum Amendment {
  /** The change was made. */
  MADE,
  /** The event is unchanged, because it is being processed. */
  LEASED,
  /** No unfinished event has this id. */
  NOT_FOUND
}
