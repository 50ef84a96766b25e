package io.ratelimit.core.internal.engine;

import io.ratelimit.core.handler.AttemptOutcome;
import java.time.Duration;

/** Acknowledges attempts that succeeded, several at a time or together with a take. */
interface Acknowledging {

  /**
   * An attempt that succeeded, and is not settled yet.
   *
   * @param attempt the attempt, which has ended
   * @param outcome its outcome
   * @param processing how long the handler took
   */
  record Succeeded(Attempt attempt, AttemptOutcome.Done outcome, Duration processing) {}

  /** Acknowledges nothing. */
  Acknowledging NOTHING = succeeded -> false;

  /**
   * Accepts an attempt to settle.
   *
   * @return whether it was accepted; otherwise the caller has to settle it
   */
  boolean accept(Succeeded succeeded);
}
