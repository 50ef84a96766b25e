package io.ratelimit.core.limit;

import java.time.Instant;

/** The limit's answer to a request to start now. */
public sealed interface Decision {

  /**
   * It may start, and the permits are spent in the next state.
   *
   * @param start when it starts, in whole microseconds: now, or the latest start where that is
   *     later because the clock went back
   * @param next the state that remembers this start; the original state does not
   */
  record Granted(Instant start, LimitState next) implements Decision {}

  /**
   * It may not start yet, and nothing was spent.
   *
   * @param at the earliest time at which it may start, if nothing else starts before and no setting
   *     changes
   */
  record NotBefore(Instant at) implements Decision {}

  /** Starts are paused until somebody resumes them. Nothing was spent. */
  record Paused() implements Decision {}

  /**
   * It can never start, because the limit has fewer permits than it costs. Nothing was spent.
   *
   * @param weight what it costs
   * @param permits the largest weight that can start
   */
  record NeverAdmissible(int weight, int permits) implements Decision {}
}
