package io.ratelimit.temporal.internal.lane;

import io.ratelimit.temporal.internal.wire.LaneProgress;

/** A lane's line to the manager that waits for it. */
interface LaneLink {

  /** What a manager says to a lane. */
  enum Told {
    NOTHING,
    /** To take nothing more, and to give back what is not finished within the grace. */
    LEAVE,
    /** Nobody waits for this attempt any more: its run of the workflow has ended, or gave it up. */
    NOBODY_WAITS
  }

  /** Which attempt of the activity this is, from 1. */
  int attempt();

  /** Says that the lane lives. */
  Told beat(LaneProgress progress);

  /** Returns whether the manager runs, in this run of its workflow or a later one. */
  boolean isManagerRunning();
}
