package io.ratelimit.core.engine;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;

/**
 * Receives notifications about an engine's work, for metrics and displays. The engine calls a
 * listener from its own threads, possibly several at once, and its work waits until the call
 * returns. An exception that a listener throws is logged and otherwise ignored.
 */
public interface EngineListener {

  /**
   * Called when an attempt begins: the event is taken and its permits are spent.
   *
   * @param lease the event
   * @param lane the number of the worker that makes the attempt, from 1
   */
  default void attemptStarted(Lease lease, int lane) {}

  /**
   * Called when an attempt has ended and is settled.
   *
   * @param lease the event
   * @param lane the number of the worker that made the attempt, from 1
   * @param outcome the outcome of the attempt
   * @param processing how long the handler took
   * @param settlement whether the queue accepted the outcome
   */
  default void attemptFinished(
      Lease lease, int lane, AttemptOutcome outcome, Duration processing, Settlement settlement) {}

  /**
   * Called after each scaling decision; most decisions ask for the same as the previous one.
   *
   * @param decision what was decided
   * @param stats the queue's statistics at that time; the decision ignores events that the engine
   *     has no handler for
   */
  default void decided(ScalingDecision decision, QueueStats stats) {}

  /**
   * Called when a part of the engine has failed and will try again.
   *
   * @param activity what that part was doing
   * @param failure why it failed
   */
  default void failed(String activity, Throwable failure) {}
}
