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
 * What was seen and decided: all that the workflow acts on, which replays it as data.
 *
 * @param queueName the name of the queue that was looked at, where it has one
 * @param begin how the manager began
 * @param due the deadline of a round, by the queue's clock
 * @param counters what the queue had counted
 * @param queue what it held
 * @param limit its limit
 * @param limitVersion the version of the limit's settings
 * @param largestLimit the most permits in a window that were seen in force
 * @param memory what scaling remembers; the decision is the previous one of the next
 * @param news whether the decision asks for something else than the one before
 * @param state what the manager is doing
 * @param over whether the round is over
 * @param idle whether there is nothing to do until somebody publishes, resumes or the like
 * @param lanes how many lanes there are to be
 * @param startable how many events wait for a lane, or soon will
 * @param share how many events each lane's activity is to handle; empty: a version before wrote
 *     this, when it was the options' number
 * @param nextLook when to decide again
 * @param census which lanes there are
 * @param caps what the worker lets the manager have
 * @param capped the options that hold, where the worker's caps leave less than was asked for
 * @param needed how many lanes would be needed if there were workers for them; empty: a version
 *     before wrote this
 * @param trace what a round's record needs of what was seen so far; empty: it is no round, or its
 *     first look was by a version before
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
