package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.temporal.manager.ManagerCaps;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The task of a lane.
 *
 * @param queue the name of the intended queue; empty for whichever the worker serves
 * @param lane the lane's number, from 1
 * @param id different for every activity of every run; the ids of its takes begin with it
 * @param events the most events that it handles
 * @param waitWhenEmpty how long it waits for an event if the queue has none
 * @param leaveWhenDrained whether it leaves without waiting once nothing is unfinished
 * @param until the time from which it takes no more events, by the queue's clock: a round's
 *     deadline
 * @param grace how long it may continue with its event once it must leave
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LaneRequest(
    Optional<String> queue,
    int lane,
    String id,
    int events,
    Duration waitWhenEmpty,
    boolean leaveWhenDrained,
    Optional<Instant> until,
    Duration grace) {

  private static final int LONGEST_ID = 200;
  private static final int LAST_LANE = 1_000_000;

  /** Rejects a request for which no take can be made. */
  public LaneRequest {
    Requirements.between("number of a lane", lane, 1, LAST_LANE);
    Requirements.notBlank("id of a lane", id);
    Requirements.between("length of the id of a lane", id.length(), 1, LONGEST_ID);
  }

  /** Returns the request, reduced to what a worker's caps allow. */
  public LaneRequest within(ManagerCaps caps) {
    return new LaneRequest(
        queue,
        lane,
        id,
        Math.max(1, Math.min(events, caps.mostEventsPerActivity())),
        caps.capped(waitWhenEmpty, ManagerCaps.LONGEST_INTERVAL),
        leaveWhenDrained,
        until,
        grace);
  }

  /** Returns the id of a take, which becomes the token of its lease. */
  public String takeId(int attempt, long number) {
    return id + '/' + attempt + '/' + number;
  }

  /** Returns whether a lane took a lease, in any attempt of its activity. */
  public static boolean isHeldBy(String laneId, Lease lease) {
    return lease.token().startsWith(laneId + '/');
  }
}
