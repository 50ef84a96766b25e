package io.ratelimit.core.engine;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;

/**
 * Is told what an engine does, for metrics and displays. Calls come from the engine's own threads,
 * several at once, and hold up the work while they last. What a listener throws is logged and
 * otherwise ignored.
 */
public interface EngineListener {

  /**
   * An attempt begins: the event is taken and its permits are spent.
   *
   * @param lease the event
   * @param lane which worker makes it, from 1
   */
  default void attemptStarted(Lease lease, int lane) {}

  /**
   * An attempt has ended and is settled.
   *
   * @param lease the event
   * @param lane which worker made it, from 1
   * @param outcome what became of it
   * @param processing how long the handler took
   * @param settlement whether the queue accepted the outcome
   */
  default void attemptFinished(
      Lease lease, int lane, AttemptOutcome outcome, Duration processing, Settlement settlement) {}

  /**
   * A scaling decision was made; most ask for the same as the one before.
   *
   * @param decision what was decided
   * @param stats what the queue held then; events that the engine has no handler for do not count
   *     in the decision
   */
  default void decided(ScalingDecision decision, QueueStats stats) {}

  /**
   * A part of the engine failed, and goes on.
   *
   * @param activity what it was doing
   * @param failure why it failed
   */
  default void failed(String activity, Throwable failure) {}
}
