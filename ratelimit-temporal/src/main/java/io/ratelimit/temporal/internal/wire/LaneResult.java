package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.report.AttemptTally;
import java.util.Optional;

/**
 * What a lane has done.
 *
 * @param end why it ended
 * @param event the event of an activity that handles one, for people to read
 * @param tally what came of its attempts
 * @param slots the worker process that it ran in
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LaneResult(
    End end, Optional<String> event, AttemptTally tally, LaneProgress.Slots slots) {

  /** Why a lane's activity ended. */
  public enum End {
    /** It has handled as many events as it was to. */
    ENOUGH,
    /** The queue had nothing for it. */
    EMPTY,
    /** It has worked for as long as one activity may. */
    TIME_UP,
    /**
     * It was cancelled, its worker shuts down, its manager goes on in another run, or the deadline
     * of its round has come.
     */
    LEFT
  }
}
