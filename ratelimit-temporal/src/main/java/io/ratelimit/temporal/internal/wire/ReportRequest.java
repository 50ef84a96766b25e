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
 * What a report needs beside the queue itself.
 *
 * @param deadline how long the round was allowed to take
 * @param begin how the manager began
 * @param lastSeen what the queue had counted when it was seen last
 * @param sample what lanes told of their attempts
 * @param decisions those that changed something, in order; unmodifiable
 * @param largestLimit the most permits in a window that were seen in force
 * @param unattended for how long nobody looked at the queue though somebody was to
 * @param trace what was seen of a round; empty: it is not kept
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
