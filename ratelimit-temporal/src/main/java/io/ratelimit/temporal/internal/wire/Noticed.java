package io.ratelimit.temporal.internal.wire;

/** Why the watch over an idle queue ended. */
public enum Noticed {
  /** There is work. */
  WORK,
  /** Somebody changed the limit, or paused or resumed the queue. */
  LIMIT,
  /** Nothing for as long as it was to wait. */
  NOTHING,
  /** The queue cannot be read. */
  UNREACHABLE,
  /** The worker that watched closes. */
  CLOSING
}
