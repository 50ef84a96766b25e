package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.engine.ScalingMemory;
import io.ratelimit.core.internal.history.RoundTrace;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Observations and decisions: everything that the workflow acts on, which it replays as data.
 *
 * @param queueName the queue's name, if it has one
 * @param begin how the manager began
 * @param due the deadline of a round, by the queue's clock
 * @param counters the queue's counters
 * @param queue the queue's contents
 * @param limit the queue's limit
 * @param limitVersion the version of the limit's settings
 * @param largestLimit the most permits per window seen in force
 * @param memory the memory of scaling; it contains this decision for the next one
 * @param news whether the decision differs from the previous one
 * @param state what the manager is doing
 * @param over whether the round is over
 * @param idle whether there is nothing to do until somebody publishes, resumes or makes a similar
 *     change
 * @param lanes the wanted number of lanes
 * @param startable the number of events that wait for a lane, or soon will
 * @param share the number of events per activity; empty if an earlier version wrote this: then the
 *     options decide
 * @param nextLook when to decide again
 * @param census the existing lanes
 * @param caps the worker's bounds on the manager
 * @param capped the effective options, if the worker's caps are stricter than the request
 * @param needed the number of lanes needed if there were workers for them; empty if an earlier
 *     version wrote this
 * @param trace the observations for a round's record; empty if it is not a round, or if an earlier
 *     version made the first look
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Decided(
    Optional<String> queueName,
    Begin begin,
    Optional<Instant> due,
    QueueCounters counters,
    ManagerStatus.Queue queue,
    ManagerStatus.Limit limit,
    long limitVersion,
    int largestLimit,
    ScalingMemory memory,
    boolean news,
    ManagerStatus.State state,
    boolean over,
    boolean idle,
    int lanes,
    long startable,
    Optional<Integer> share,
    Duration nextLook,
    LaneCensus census,
    Optional<ManagerCaps> caps,
    Optional<ManagerOptions> capped,
    Optional<Integer> needed,
    Optional<RoundTrace> trace) {

  public ScalingDecision decision() {
    return memory.previous().orElseThrow();
  }
}
