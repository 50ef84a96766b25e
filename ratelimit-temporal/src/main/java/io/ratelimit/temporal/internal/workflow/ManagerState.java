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
 * The state that one run of the workflow passes to the next. Its size is always bounded.
 *
 * @param startedAt when the first run was started, by Temporal's clock
 * @param workers the range of lanes now
 * @param lastSeen the last observations and decisions
 * @param decisions the last {@value #MOST_DECISIONS} decisions that changed something; unmodifiable
 * @param tally the outcomes that lanes reported
 * @param laneFailures the number of lanes that failed for a reason other than the handler
 * @param unattended the time during which no worker made the looks that were due
 * @param unreachable since when the queue cannot be reached, if it cannot
 * @param outgoing lanes that may still be at work; unmodifiable
 * @param runs the number of earlier runs
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
