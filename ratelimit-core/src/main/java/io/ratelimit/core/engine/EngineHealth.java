package io.ratelimit.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The health of an engine.
 *
 * @param status the verdict
 * @param reasons why the status is not {@link Status#UP}; empty if it is. For a repeated failure,
 *     the reason says when it began and quotes the queue or the failure
 * @param sinceQueueAnswered how long ago the queue last answered a take, if it ever did
 * @param sinceEventTaken how long ago an event was last taken, if one ever was
 * @param runningAttempts how many attempts are running
 * @param workers how many workers the engine is to run
 * @param leftToOthers how many events were set aside at the last reading because this engine has no
 *     handler for their type, by type name
 * @param notes further information for people, one sentence each, which does not affect the status
 */
public record EngineHealth(
    Status status,
    List<String> reasons,
    Optional<Duration> sinceQueueAnswered,
    Optional<Duration> sinceEventTaken,
    int runningAttempts,
    int workers,
    Map<String, Long> leftToOthers,
    List<String> notes) {

  /** The verdict on an engine. */
  public enum Status {
    /** The engine works. */
    UP,
    /** The engine works, but not as it should. */
    DEGRADED,
    /** The engine does not work. */
    DOWN
  }

  /** Copies the reasons, the counts and the notes. */
  public EngineHealth {
    reasons = List.copyOf(reasons);
    leftToOthers = Map.copyOf(leftToOthers);
    notes = List.copyOf(notes);
  }

  EngineHealth withNotes(List<String> more) {
    return new EngineHealth(
        status,
        reasons,
        sinceQueueAnswered,
        sinceEventTaken,
        runningAttempts,
        workers,
        leftToOthers,
        Stream.concat(notes.stream(), more.stream()).toList());
  }
}
