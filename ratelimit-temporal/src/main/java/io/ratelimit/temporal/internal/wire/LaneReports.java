package io.ratelimit.temporal.internal.wire;

import io.temporal.common.converter.RawValue;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;

/** Signals from lanes of earlier runs, whose results can no longer be returned. */
@WorkflowInterface
public interface LaneReports {

  /** The name of the signal that a lane of an earlier run sends when it ends. */
  String LANE_ENDED = "laneEnded";

  /**
   * Tells the manager that a lane has ended.
   *
   * @param id the id of the lane's request
   * @param result the {@link LaneResult}
   */
  @SignalMethod(name = LANE_ENDED)
  void laneEnded(RawValue id, RawValue result);
}
