package io.ratelimit.temporal;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * What a lane has done.
 *
 * @param attempts in order
 * @param end why it ended
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LaneResult(List<AttemptRecord> attempts, End end) {

  /** Why a lane's activity ended. */
  public enum End {
    /** It has handled as many events as it was to. */
    ENOUGH,
    /** The queue had nothing for it. */
    EMPTY,
    /** It has worked for as long as one activity may. */
    TIME_UP,
    /** It was cancelled, its worker shuts down, or the deadline of its round has come. */
    LEFT
  }

  /** Copies the list. */
  public LaneResult {
    attempts = List.copyOf(attempts);
  }
}
