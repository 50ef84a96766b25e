package io.ratelimit.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How an engine is.
 *
 * @param status the verdict
 * @param reasons why it is not {@link Status#UP}; empty if it is. What fails again and again says
 *     since when, and what the queue or the failure itself says of it
 * @param sinceQueueAnswered how long ago the queue last answered a take, if it ever did
 * @param sinceEventTaken how long ago an event was last taken, if one ever was
 * @param runningAttempts how many attempts are being made
 * @param workers how many workers are wanted
 * @param leftToOthers how many events of types that the engine has no handler for were set aside
 *     when it last looked, by the name of the type
 * @param notes what else people should know, each as a sentence; it changes nothing about the
 *     verdict
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

  /** A verdict. */
  public enum Status {
    /** All is well. */
    UP,
    /** It works, but not as it should. */
    DEGRADED,
    /** It does not work. */
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
