package io.ratelimit.temporal.internal.workflow;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.internal.wire.Decided;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one run of the workflow leaves to the next, for the workflow alone. Its size is bounded,
 * whatever happened.
 *
 * @param startedAt when the first run was started, by Temporal's clock
 * @param workers how many lanes there may be now
 * @param lastSeen what was seen and decided last
 * @param decisions those that changed something, the last {@value #MOST_DECISIONS}; unmodifiable
 * @param tally what lanes told of their attempts
 * @param laneFailures how many lanes ended by a failure that was not a handler's
 * @param unattended for how long nobody looked at the queue though somebody was to
 * @param unreachable since when the queue cannot be reached, if it cannot
 * @param outgoing lanes that may still be at work; unmodifiable
 * @param runs how many runs there were before
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record ManagerState(
    Instant startedAt,
    WorkerRange workers,
    Optional<Decided> lastSeen,
    List<ScalingDecision> decisions,
    AttemptTally tally,
    long laneFailures,
    Duration unattended,
    Optional<ManagerStatus.Unreachable> unreachable,
    List<OutgoingLane> outgoing,
    int runs) {

  static final int MOST_DECISIONS = 100;

  /** Copies the lists. */
  ManagerState {
    decisions = last(MOST_DECISIONS, decisions);
    outgoing = List.copyOf(outgoing);
  }

  static ManagerState first(ManagerOptions options, Instant startedAt) {
    return new ManagerState(
        startedAt,
        options.terms().workers(),
        Optional.empty(),
        List.of(),
        AttemptTally.NONE,
        0,
        Duration.ZERO,
        Optional.empty(),
        List.of(),
        0);
  }

  private static <T> List<T> last(int most, List<T> all) {
    return List.copyOf(all.subList(Math.max(0, all.size() - most), all.size()));
  }
}
