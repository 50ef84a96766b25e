package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.temporal.manager.ManagerCaps;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a lane is to do.
 *
 * @param queue the name of the queue that is meant; empty: whichever the worker serves
 * @param lane its number, from 1
 * @param id different for every activity of every run; the ids of its takes begin with it
 * @param events how many events it handles at most
 * @param waitWhenEmpty how long it waits for an event where the queue has none
 * @param leaveWhenDrained whether it waits not at all where nothing is unfinished
 * @param until from when on it takes no more events, by the queue's clock: a round's deadline
 * @param grace how long the event in hand may be finished once the lane is to leave
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

  /** Refuses what no take can be made for. */
  public LaneRequest {
    Requirements.between("number of a lane", lane, 1, LAST_LANE);
    Requirements.notBlank("id of a lane", id);
    Requirements.between("length of the id of a lane", id.length(), 1, LONGEST_ID);
  }

  /** Returns what a worker does of it, where more is asked for than its caps allow. */
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

  /** Returns whether a lane, in any attempt of its activity, took a lease. */
  public static boolean isHeldBy(String laneId, Lease lease) {
    return lease.token().startsWith(laneId + '/');
  }
}
