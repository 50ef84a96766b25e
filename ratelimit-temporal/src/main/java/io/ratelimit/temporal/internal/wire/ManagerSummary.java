package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.temporal.manager.ManagerEnd;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.Optional;

/**
 * The summary of a manager in a list. It is stored in the workflow's memo, so that a list does not
 * query each workflow, and the Temporal UI shows it.
 *
 * @param queue the name of its queue, if it has one
 * @param state what the manager is doing
 * @param pending the number of pending events, once it has seen its queue
 * @param workers the number of lanes of the last decision, if any
 * @param unreachable since when and why the queue cannot be reached, if it cannot
 * @param end how it ended, once it has ended with a report
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ManagerSummary(
    Optional<String> queue,
    ManagerStatus.State state,
    Optional<Long> pending,
    Optional<Integer> workers,
    Optional<ManagerStatus.Unreachable> unreachable,
    Optional<ManagerEnd> end) {

  /** Returns the summary of a manager that no worker has served yet. */
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
