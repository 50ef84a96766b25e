package io.ratelimit.temporal;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Optional;

/**
 * What a list tells of a manager. It lies in the workflow's memo, where a list finds it without a
 * query to each workflow, and the Temporal UI shows it.
 *
 * @param state what the manager is doing
 * @param pending how many events wait for a worker
 * @param workers how many lanes the last decision asks for
 * @param unreachable since when the queue cannot be reached and why, if it cannot
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record ManagerSummary(
    ManagerStatus.State state,
    long pending,
    int workers,
    Optional<ManagerStatus.Unreachable> unreachable) {

  /** Its key in the memo. */
  static final String MEMO = "manager";
}
