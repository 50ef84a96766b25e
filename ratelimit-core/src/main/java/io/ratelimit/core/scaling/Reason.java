package io.ratelimit.core.scaling;

/** Why a decision is as it is: its decisive reason. */
public enum Reason {
  /** Nothing waits and nothing runs. */
  QUEUE_EMPTY,
  /** There are as many workers as the work needs to be done in time. */
  ENOUGH_FOR_DEADLINE,
  /** There are as many workers as the limit can feed. */
  LIMIT_IS_BOTTLENECK,
  /** There are as many workers as are allowed, and they are too few. */
  WORKERS_ARE_BOTTLENECK,
  /** At the normal limit the deadline would be missed; a raised one meets it. */
  DEADLINE_IN_DANGER,
  /** More events are forecast to come before the deadline than wait, and are provided for. */
  ARRIVALS_FORECAST,
  /** The deadline will probably be met, but not with the confidence that is asked for. */
  DEADLINE_UNSURE,
  /**
   * The deadline is met as far as is known, but a named limit has more keys than are looked at, and
   * one of them could miss it.
   */
  KEYS_NOT_KNOWN,
  /** Even the emergency limit, where there is one, and the most workers miss the deadline. */
  DEADLINE_OUT_OF_REACH,
  /** Fewer workers would do, but not for long enough yet to be sure. */
  WAITING_FOR_QUIET,
  /** The number of workers is fixed. */
  FIXED
}
