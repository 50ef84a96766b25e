package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.report.AttemptTally;
import java.util.Optional;

/**
 * The result of a lane.
 *
 * @param end why it ended
 * @param event the event, if the activity handles only one; for people to read
 * @param tally the outcomes of its attempts
 * @param slots its worker process
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LaneResult(
    End end, Optional<String> event, AttemptTally tally, LaneProgress.Slots slots) {

  /** Why a lane's activity ended. */
  public enum End {
    /** It has handled its number of events. */
    ENOUGH,
    /** The queue had no event for it. */
    EMPTY,
    /** It has reached the time limit of an activity. */
    TIME_UP,
    /**
     * It was cancelled, its worker shuts down, its manager continues in another run, or its round's
     * deadline has passed.
     */
    LEFT
  }
}
