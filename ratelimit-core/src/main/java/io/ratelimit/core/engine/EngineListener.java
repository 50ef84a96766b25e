package io.ratelimit.core.engine;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;

/**
 * Receives notifications of what an engine does, for metrics and displays. The engine calls it from
 * its own threads, possibly several at once, and the work waits until the call returns. An
 * exception of a listener is logged and otherwise ignored.
 */
public interface EngineListener {

  /**
   * Called when an attempt begins: the event is taken and its permits are spent.
   *
   * @param lease the event
   * @param lane which worker makes it, from 1
   */
  default void attemptStarted(Lease lease, int lane) {}

  /**
   * Called when an attempt has ended and is settled.
   *
   * @param lease the event
   * @param lane which worker made it, from 1
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
   * @param stats what the queue held then; events that the engine has no handler for do not count
   *     in the decision
   */
  default void decided(ScalingDecision decision, QueueStats stats) {}

  /**
   * Called when a part of the engine failed and will retry.
   *
   * @param activity what it was doing
   * @param failure why it failed
   */
  default void failed(String activity, Throwable failure) {}
}
