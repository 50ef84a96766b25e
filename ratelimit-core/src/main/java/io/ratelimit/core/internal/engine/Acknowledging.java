package io.ratelimit.core.internal.engine;

import io.ratelimit.core.handler.AttemptOutcome;
import java.time.Duration;

/** Acknowledges what succeeded together with other things. */
interface Acknowledging {

  /**
   * An attempt that succeeded, and is not settled yet.
   *
   * @param attempt has ended
   * @param outcome that it is done
   * @param processing how long the handler took
   */
  record Succeeded(Attempt attempt, AttemptOutcome.Done outcome, Duration processing) {}

  /** Acknowledges nothing. */
  Acknowledging NOTHING = succeeded -> false;

  /**
   * Has an attempt settled.
   *
   * @return whether that is so; if not, the caller has to
   */
  boolean accept(Succeeded succeeded);
}
