package io.ratelimit.temporal;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.TypeEstimate;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a manager is. Immutable; made of records, so that a JSON library can write it as it is.
 *
 * @param state what it is doing
 * @param mode one round, or a service
 * @param startedAt when it began, once it has seen the queue
 * @param workers how many lanes there may be
 * @param workersWanted how many lanes the last decision asks for
 * @param workersActive how many lanes there are
 * @param queue what the queue held at the last look
 * @param limit the limit at the last look
 * @param decision the last decision: binding constraint, projected finish against the time left
 * @param recentDecisions the last ones that changed something, in order; unmodifiable
 * @param counts what has happened since the manager began
 * @param runs how often the workflow has continued as new
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ManagerStatus(
    State state,
    ManagerOptions.Mode mode,
    Optional<Instant> startedAt,
    WorkerRange workers,
    int workersWanted,
    int workersActive,
    Optional<Queue> queue,
    Optional<Limit> limit,
    Optional<ScalingDecision> decision,
    List<ScalingDecision> recentDecisions,
    Counts counts,
    int runs) {

  /** What a manager is doing. */
  public enum State {
    /** It has not seen the queue yet. */
    STARTING,
    /** It works at the normal limit. */
    NORMAL,
    /** It works at a raised limit. */
    EMERGENCY,
    /** Starts are paused. */
    PAUSED,
    /** It ends, as soon as the events in hand are finished. */
    STOPPING
  }

  /**
   * What the queue held.
   *
   * @param observedAt when, by the queue's clock
   * @param pending how many events waited for a worker
   * @param delayed how many waited for their retry
   * @param leased how many were being processed, by anybody
   * @param done how many were ever finished
   * @param failed how many are in the failed queue
   * @param measured what is known of the attempts at events of each type of which some have ended;
   *     unmodifiable, at most 50 types: those of which most wait
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Queue(
      Instant observedAt,
      long pending,
      long delayed,
      long leased,
      long done,
      long failed,
      List<Measured> measured) {

    /** Copies the list. */
    public Queue {
      measured = List.copyOf(measured);
    }

    static Queue of(QueueStats stats) {
      return new Queue(
          stats.observedAt(),
          stats.pending(),
          stats.delayed(),
          stats.leased(),
          stats.done(),
          stats.failed(),
          QueueSnapshot.mostObserved(stats).stream()
              .map(
                  seen ->
                      new Measured(
                          seen.type(),
                          TypeEstimate.of(seen.type(), Expectations.NONE, seen.history())))
              .toList());
    }
  }

  /**
   * What is known of the attempts at events of a type.
   *
   * @param type the type as it was declared last
   * @param estimate what was declared, corrected by what was seen
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Measured(EventType type, TypeEstimate estimate) {}

  /**
   * The limit.
   *
   * @param normal the limit without an emergency
   * @param inForce the limit that held
   * @param startsInWindow the weight of the starts in its window
   * @param nextStart from when on it allowed the next start, if it allowed none then
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Limit(
      RateLimit normal, RateLimit inForce, long startsInWindow, Optional<Instant> nextStart) {

    static Limit of(QueueStats stats) {
      return new Limit(
          stats.limit().normal(), stats.limitInForce(), stats.startsInWindow(), stats.nextStart());
    }
  }

  /**
   * What this manager's lanes have done.
   *
   * @param attempts how many attempts were made
   * @param done how many of them finished their event
   * @param failed how many gave it up
   * @param retries how many are to be made again
   * @param laneFailures how many lanes ended by a failure that was not a handler's
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Counts(long attempts, long done, long failed, long retries, long laneFailures) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    Counts plus(AttemptRecord attempt) {
      boolean settled = attempt.settled();
      return new Counts(
          attempts + 1,
          done + (settled && attempt.result() == AttemptRecord.Result.DONE ? 1 : 0),
          failed + (settled && attempt.result() == AttemptRecord.Result.FAILED ? 1 : 0),
          retries + (settled && attempt.result() == AttemptRecord.Result.RETRY ? 1 : 0),
          laneFailures);
    }

    Counts plusLaneFailure() {
      return new Counts(attempts, done, failed, retries, laneFailures + 1);
    }
  }

  /** Copies the list. */
  public ManagerStatus {
    recentDecisions = List.copyOf(recentDecisions);
  }
}
