package io.ratelimit.temporal.manager;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What the server knows of a manager, whether or not a worker serves it. Its activity comes from
 * the workflow's memo: a change of state appears at once, and the numbers may be half a minute old.
 * Immutable, and consists of records, so a JSON library can write it as it is.
 *
 * @param id its id
 * @param status whether it runs, or how it ended, in Temporal's words
 * @param taskQueue the task queue whose workers serve it
 * @param startedAt when its current run began
 * @param closedAt when it ended, if it has
 * @param queue the name of its queue, if that has one
 * @param state its last reported state; empty if it no longer runs
 * @param pending how many events waited for a worker then
 * @param workers how many lanes its last decision asked for
 * @param lanes how many lanes are at work; 0 if it no longer runs
 * @param problem why it cannot go on, if it cannot
 * @param end how its work ended, if it ended with a report; empty for a manager of an earlier
 *     version
 */
public record ManagerDescription(
    String id,
    String status,
    String taskQueue,
    Instant startedAt,
    Optional<Instant> closedAt,
    Optional<String> queue,
    Optional<ManagerStatus.State> state,
    Optional<Long> pending,
    Optional<Integer> workers,
    int lanes,
    Optional<String> problem,
    Optional<ManagerEnd> end) {

  private static final String RUNNING = "RUNNING";

  /** Returns whether it runs. */
  public boolean running() {
    return status.equals(RUNNING);
  }

  String statusInWords() {
    return status.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
