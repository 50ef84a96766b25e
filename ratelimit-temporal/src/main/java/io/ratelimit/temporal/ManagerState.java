package io.ratelimit.temporal;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.engine.ScalingMemory;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one run of the workflow leaves to the next, for the workflow alone.
 *
 * @param startedAt when the first run saw the queue for the first time
 * @param workers how many lanes there may be now
 * @param memory what scaling remembers
 * @param decisions those that changed something, the last {@value #MOST_DECISIONS}; unmodifiable
 * @param attempts the last {@value #MOST_ATTEMPTS}; unmodifiable
 * @param counts what has happened since the first run began
 * @param stopping whether the manager was told to stop
 * @param wishes changes of the limit that were asked for and not made yet; unmodifiable
 * @param runs how many runs there were before
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ManagerState(
    Optional<Instant> startedAt,
    WorkerRange workers,
    ScalingMemory memory,
    List<ScalingDecision> decisions,
    List<AttemptRecord> attempts,
    ManagerStatus.Counts counts,
    boolean stopping,
    List<LimitChange> wishes,
    int runs) {

  static final int MOST_DECISIONS = 200;

  /** Under Temporal's limit of 2 MB for one value, at less than 300 bytes each. */
  static final int MOST_ATTEMPTS = 5_000;

  /** Copies the lists. */
  public ManagerState {
    decisions = last(MOST_DECISIONS, decisions);
    attempts = last(MOST_ATTEMPTS, attempts);
    wishes = List.copyOf(wishes);
  }

  static ManagerState first(ManagerOptions options) {
    return new ManagerState(
        Optional.empty(),
        options.terms().workers(),
        ScalingMemory.NONE,
        List.of(),
        List.of(),
        ManagerStatus.Counts.NONE,
        false,
        List.of(),
        0);
  }

  private static <T> List<T> last(int most, List<T> all) {
    return List.copyOf(all.subList(Math.max(0, all.size() - most), all.size()));
  }
}
