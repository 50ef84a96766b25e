package io.ratelimit.temporal.internal.wire;

import io.temporal.common.converter.RawValue;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;

/** What lanes of earlier runs tell a manager, whose results have nobody to go to. */
@WorkflowInterface
public interface LaneReports {

  /** The name of the signal that a lane of an earlier run sends at its end. */
  String LANE_ENDED = "laneEnded";

  /**
   * A lane has ended.
   *
   * @param id the id of its request
   * @param result its {@link LaneResult}
   */
  @SignalMethod(name = LANE_ENDED)
  void laneEnded(RawValue id, RawValue result);
}
