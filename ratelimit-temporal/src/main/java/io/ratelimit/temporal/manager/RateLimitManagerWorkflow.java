package io.ratelimit.temporal.manager;

import io.temporal.common.converter.RawValue;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * The workflow that drains a queue, as Temporal sees it: its payloads do not depend on the
 * converter of a host's client. Use it through {@code RateLimitClient}.
 */
@WorkflowInterface
public interface RateLimitManagerWorkflow {

  /**
   * Runs a round, or a service until it is stopped.
   *
   * @param options the manager's options, a {@link ManagerOptions}
   * @param carried the state from the previous run; null or absent in the first run
   * @return what happened, as a {@link io.ratelimit.core.report.RoundReport}
   */
  @WorkflowMethod(name = ManagerTypes.WORKFLOW)
  RawValue run(RawValue options, @Nullable RawValue carried);

  /**
   * Stops all starts until {@link #resume}, by any client of the queue.
   *
   * @return the {@link io.ratelimit.core.limit.LimitSettings} after the call
   */
  @UpdateMethod
  RawValue pause();

  /** Refuses what {@link #pause} cannot do. */
  @UpdateValidatorMethod(updateName = "pause")
  void validatePause();

  /**
   * Ends a pause.
   *
   * @return the {@link io.ratelimit.core.limit.LimitSettings} after the call
   */
  @UpdateMethod
  RawValue resume();

  /** Refuses what {@link #resume} cannot do. */
  @UpdateValidatorMethod(updateName = "resume")
  void validateResume();

  /**
   * Ends the manager gracefully: events in hand may finish within the grace period. Repeating it
   * changes nothing.
   *
   * @return the resulting {@link ManagerStatus}
   */
  @UpdateMethod
  RawValue stop();

  /**
   * Changes the normal limit of the queue, for all of its clients.
   *
   * @param limit a {@link io.ratelimit.core.limit.RateLimit}
   * @return the {@link io.ratelimit.core.limit.LimitSettings} after the call
   */
  @UpdateMethod
  RawValue changeLimit(RawValue limit);

  /** Refuses what {@link #changeLimit} cannot do. */
  @UpdateValidatorMethod(updateName = "changeLimit")
  void validateChangeLimit(RawValue limit);

  /**
   * Changes how many lanes there may be.
   *
   * @param workers a {@link io.ratelimit.core.scaling.WorkerRange}
   * @return the resulting range
   */
  @UpdateMethod
  RawValue setWorkers(RawValue workers);

  /** Refuses what {@link #setWorkers} cannot do. */
  @UpdateValidatorMethod(updateName = "setWorkers")
  void validateSetWorkers(RawValue workers);

  /** Returns the manager's {@link ManagerStatus}. */
  @QueryMethod
  RawValue status();
}
