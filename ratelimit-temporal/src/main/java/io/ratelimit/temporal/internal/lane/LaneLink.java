package io.ratelimit.temporal.internal.lane;

import io.ratelimit.temporal.internal.wire.LaneProgress;

/** A lane's link to the manager that waits for it. */
interface LaneLink {

  /** A manager's answer to a lane. */
  enum Told {
    NOTHING,
    /** Take nothing more, and give back what is not finished within the grace period. */
    LEAVE,
    /** Nobody waits for this attempt any more: its run of the workflow has ended or given it up. */
    NOBODY_WAITS
  }

  /** Returns the number of this attempt of the activity, from 1. */
  int attempt();

  /** Sends a heartbeat. */
  Told beat(LaneProgress progress);

  /** Returns whether the manager is running, in this run of its workflow or a later one. */
  boolean isManagerRunning();
}
