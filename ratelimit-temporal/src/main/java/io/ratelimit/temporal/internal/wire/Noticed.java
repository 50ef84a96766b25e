package io.ratelimit.temporal.internal.wire;

/** Why the watch over an idle queue ended. */
public enum Noticed {
  /** There is work. */
  WORK,
  /** Somebody changed the limit, or paused or resumed the queue. */
  LIMIT,
  /** Nothing happened for the longest time to wait. */
  NOTHING,
  /** The queue cannot be read. */
  UNREACHABLE,
  /** The watching worker is closing. */
  CLOSING
}
