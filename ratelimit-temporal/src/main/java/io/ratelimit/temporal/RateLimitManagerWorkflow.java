package io.ratelimit.temporal;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.RoundReport;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * Drains a queue: decides how many lanes work and under which limit, and keeps them at work. {@link
 * RateLimitClient} is the convenient way to it; this interface serves typed stubs.
 */
@WorkflowInterface
public interface RateLimitManagerWorkflow {

  /** The name of the workflow's type. */
  String TYPE = "RateLimitManager";

  /** The type of the failure of a manager that never reached its queue. */
  String QUEUE_UNREACHABLE = "QueueUnreachable";

  /**
   * Runs a round, or a service until it is stopped.
   *
   * @param options what was chosen
   * @param carried what the run before this one leaves to it; null, or left out, at first
   * @return what happened
   */
  @WorkflowMethod(name = TYPE)
  RoundReport run(ManagerOptions options, @Nullable ManagerState carried);

  /** Lets nothing start until {@link #resume()}, by any client of the queue. */
  @SignalMethod
  void pause();

  /** Ends a pause. */
  @SignalMethod
  void resume();

  /** Ends the manager gracefully: events in hand may be finished within the grace period. */
  @SignalMethod
  void stop();

  /**
   * Changes the normal limit of the queue, for all of its clients.
   *
   * @return the settings as they are then
   */
  @UpdateMethod
  LimitSettings changeLimit(RateLimit limit);

  /** Refuses what {@link #changeLimit} cannot do. */
  @UpdateValidatorMethod(updateName = "changeLimit")
  void validateChangeLimit(RateLimit limit);

  /** Changes how many lanes there may be. */
  @UpdateMethod
  void setWorkers(int min, int max);

  /** Refuses what {@link #setWorkers} cannot do. */
  @UpdateValidatorMethod(updateName = "setWorkers")
  void validateSetWorkers(int min, int max);

  /** How the manager is. */
  @QueryMethod
  ManagerStatus status();
}
