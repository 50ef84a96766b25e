package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.engine.ScalingMemory;
import io.ratelimit.core.internal.history.RoundTrace;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The input of a decision, in addition to the queue.
 *
 * @param options the manager's options
 * @param workers the range of lanes now
 * @param startedAt when the manager was started, by Temporal's clock
 * @param begin how it began, once it has seen the queue
 * @param memory the memory of scaling
 * @param largestLimit the most permits per window seen in force
 * @param outgoing the ids of lanes of earlier runs that may still be at work; unmodifiable
 * @param slots the most lanes of each worker process that has reported them with a result;
 *     unmodifiable
 * @param trace the observations so far, for the record of a round
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record DecideRequest(
    ManagerOptions options,
    WorkerRange workers,
    Instant startedAt,
    Optional<Begin> begin,
    ScalingMemory memory,
    int largestLimit,
    List<String> outgoing,
    Map<String, Integer> slots,
    Optional<RoundTrace> trace) {

  public DecideRequest {
    outgoing = List.copyOf(outgoing);
    slots = Map.copyOf(slots);
  }
}
