package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.history.RoundTrace;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The input of a report, in addition to the queue.
 *
 * @param deadline the time allowed for the round
 * @param begin the beginning of the manager
 * @param lastSeen the queue's counters when it was last seen
 * @param sample what lanes reported about their attempts
 * @param decisions the decisions that changed something, in order; unmodifiable
 * @param largestLimit the most permits per window seen in force
 * @param unattended the time during which no worker made the looks that were due
 * @param trace the observations of a round; empty if it is not recorded
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReportRequest(
    Duration deadline,
    Begin begin,
    QueueCounters lastSeen,
    AttemptTally sample,
    List<ScalingDecision> decisions,
    int largestLimit,
    Duration unattended,
    Optional<RoundTrace> trace) {

  public ReportRequest {
    decisions = List.copyOf(decisions);
  }
}
