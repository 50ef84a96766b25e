package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.report.AttemptTally;
import java.util.Optional;

/**
 * The details of a lane's heartbeat, for people to read and for the manager to learn about workers.
 *
 * @param takeId the id of the take that may hold an event; empty before the first
 * @param event the event in hand
 * @param slots the lane's worker process
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LaneProgress(Optional<String> takeId, Optional<String> event, Slots slots) {

  /**
   * The slots of a worker process.
   *
   * @param process identifies the process
   * @param count the most lanes at a time
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Slots(String process, int count) {

    /** More slots than any process has. */
    public static final int MOST = 1_000_000;

    /** Caps the count. */
    public Slots {
      count = Math.max(0, Math.min(count, MOST));
    }
  }

  private static final int EVENT_BYTES = 200;

  /** Returns the progress of a lane that has taken nothing yet. */
  public static LaneProgress in(Slots slots) {
    return new LaneProgress(Optional.empty(), Optional.empty(), slots);
  }

  public LaneProgress taking(String id) {
    return new LaneProgress(Optional.of(id), Optional.empty(), slots);
  }

  public LaneProgress holding(String newEvent) {
    return new LaneProgress(takeId, Optional.of(AttemptTally.cut(newEvent, EVENT_BYTES)), slots);
  }
}
