package io.ratelimit.benchmarks.faults.judge;

/** An effect of a fault for which the queue is not to blame. */
public enum Allowance {
  /** Redis loses acknowledged writes: events are lost or done again. */
  EVENTS_LOST,
  /** Redis loses events, but the queue can detect that and must count them. */
  EVENTS_SEEN_LOST,
  /** Redis loses the record of attempts in flight: nobody knows of those that are. */
  ATTEMPTS_FORGOTTEN,
  /** Redis loses the counters, so they do not add up to the published events. */
  COUNTERS_LOST,
  /** Redis loses a change of the limit: an earlier limit may be in force until the next change. */
  LIMIT_LOST,
  /** Redis's timestamps are wrong: starts are judged by the handlers' timestamps. */
  CLOCK_WRONG
}
