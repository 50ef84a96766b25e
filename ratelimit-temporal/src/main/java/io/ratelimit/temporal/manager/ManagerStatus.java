package io.ratelimit.temporal.manager;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.TypeEstimate;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The status of a manager. Immutable, and consists of records, so a JSON library can write it as it
 * is.
 *
 * @param queueName the name of its queue, once it is known, if that has one
 * @param state what it is doing
 * @param mode one round, or a service
 * @param startedAt when it was started, by the queue's clock, once it has seen the queue
 * @param waited how long after that it first read the queue; no worker served it in the meantime
 * @param unreachable since when and why the queue cannot be reached, if it cannot; the information
 *     about the queue is then old
 * @param workers how many lanes there may be
 * @param workersWanted how many lanes the last decision asks for
 * @param workersActive how many lanes there are, without those that wait for a slot
 * @param workersWaiting how many lanes waited for a worker's slot at the last reading
 * @param slots the total number of lanes that the worker processes known at the last reading can
 *     run, 0 if there were none; empty if unknown
 * @param queue what the queue held at the last reading
 * @param limit the limit at the last reading
 * @param decision the last decision: binding constraint, projected finish against the time left
 * @param recentDecisions the last ones that changed something, in order; unmodifiable
 * @param decidesEvery the time between its decisions while there is work; empty for a manager of an
 *     earlier version
 * @param counts what has happened since the manager began
 * @param recentFailures the last reasons of failed attempts that lanes reported, in order, each cut
 *     to 200 bytes; unmodifiable
 * @param runs how often the workflow has continued as new
 * @param capped the options in force, if the {@linkplain ManagerCaps caps} of its workers allow
 *     less than was requested
 * @param workersNeeded how many lanes would be needed if slots were unlimited, allowing for further
 *     processes that take a minute to start: the figure for an autoscaler; empty before the first
 *     decision, and for a manager of an earlier version
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ManagerStatus(
    Optional<String> queueName,
    State state,
    ManagerOptions.Mode mode,
    Optional<Instant> startedAt,
    Optional<Duration> waited,
    Optional<Unreachable> unreachable,
    WorkerRange workers,
    int workersWanted,
    int workersActive,
    int workersWaiting,
    Optional<Integer> slots,
    Optional<Queue> queue,
    Optional<Limit> limit,
    Optional<ScalingDecision> decision,
    List<ScalingDecision> recentDecisions,
    Optional<Duration> decidesEvery,
    Counts counts,
    List<String> recentFailures,
    int runs,
    Optional<ManagerOptions> capped,
    Optional<Integer> workersNeeded) {

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
    /** The queue cannot be reached: lanes and limit stay as they are. */
    UNREACHABLE,
    /** It ends as soon as the events in hand are finished. */
    STOPPING
  }

  /**
   * A queue that cannot be reached.
   *
   * @param since when that was first found, by Temporal's clock
   * @param error what went wrong last
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Unreachable(Instant since, String error) {}

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
      RateLimit normal, RateLimit inForce, long startsInWindow, Optional<Instant> nextStart) {}

  /**
   * What has happened since the manager began.
   *
   * @param attempts how many attempts were made on the queue, by any process
   * @param done how many events were finished, by any process
   * @param failed how many events came to the failed queue, by any process
   * @param retries how many attempts failed and will be retried, by any process
   * @param lost how many events the queue's store lost
   * @param laneFailures how many lanes ended by a failure that was not a handler's
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Counts(
      long attempts, long done, long failed, long retries, long lost, long laneFailures) {}

  /** Copies the lists. */
  public ManagerStatus {
    recentDecisions = List.copyOf(recentDecisions);
    recentFailures = List.copyOf(recentFailures);
  }
}
