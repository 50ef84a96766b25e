package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.report.AttemptTally;
import java.util.Optional;

/**
 * What a lane's heartbeat carries, for people to read, and for the manager to know which workers
 * there are.
 *
 * @param takeId the id of the take that may hold an event; empty: there was none yet
 * @param event the event in hand
 * @param slots the worker process that the lane runs in
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LaneProgress(Optional<String> takeId, Optional<String> event, Slots slots) {

  /**
   * How many lanes a worker process runs at most.
   *
   * @param process tells processes apart
   * @param count the most lanes at a time
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Slots(String process, int count) {

    /** More than any process has. */
    public static final int MOST = 1_000_000;

    /** Holds no more than there can be. */
    public Slots {
      count = Math.max(0, Math.min(count, MOST));
    }
  }

  private static final int EVENT_BYTES = 200;

  /** Returns a lane that has taken nothing yet. */
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
