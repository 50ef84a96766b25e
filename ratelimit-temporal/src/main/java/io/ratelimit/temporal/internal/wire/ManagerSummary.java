package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.temporal.manager.ManagerEnd;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.Optional;

/**
 * What a list tells of a manager. It lies in the workflow's memo, where a list finds it without a
 * query to each workflow, and the Temporal UI shows it.
 *
 * @param queue the name of its queue, where that has one
 * @param state what the manager is doing
 * @param pending how many events wait for a worker, once it has seen its queue
 * @param workers how many lanes the last decision asks for, once there is one
 * @param unreachable since when the queue cannot be reached and why, if it cannot
 * @param end how it ended, once it has with a report
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ManagerSummary(
    Optional<String> queue,
    ManagerStatus.State state,
    Optional<Long> pending,
    Optional<Integer> workers,
    Optional<ManagerStatus.Unreachable> unreachable,
    Optional<ManagerEnd> end) {

  /** That of a manager that nobody has served yet. */
  public static ManagerSummary starting(Optional<String> queue) {
    return new ManagerSummary(
        queue,
        ManagerStatus.State.STARTING,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
