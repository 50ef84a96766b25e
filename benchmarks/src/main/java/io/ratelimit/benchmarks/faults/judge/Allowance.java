package io.ratelimit.benchmarks.faults.judge;

/** What a fault brings with it by its nature, so that the queue cannot be blamed. */
public enum Allowance {
  /** Redis loses writes that it acknowledged: events are lost, or done again. */
  EVENTS_LOST,
  /** Redis loses events in such a way that the queue can see it, and has to count them. */
  EVENTS_SEEN_LOST,
  /** Redis loses what says which attempts are in flight: of those then in flight nobody knows. */
  ATTEMPTS_FORGOTTEN,
  /** Redis loses the counters, so that they do not add up to what was published. */
  COUNTERS_LOST,
  /** Redis loses a change of the limit: an earlier limit may be in force until the next change. */
  LIMIT_LOST,
  /** The stamps of Redis are wrong: starts are judged by the handlers' stamps. */
  CLOCK_WRONG
}
