package io.ratelimit.temporal.manager;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.report.Lateness;
import io.ratelimit.core.report.RoundReport;
import java.time.Duration;
import java.util.Optional;

/**
 * How a manager's work ended, in a few figures of its report, so that a list can show them without
 * reading each report. Immutable, and consists of records, so a JSON library can write it as it is.
 *
 * @param mode one round, or a service
 * @param stopped whether somebody stopped it before it was over; a service ends in no other way
 * @param elapsed how long it worked
 * @param deadline how long a round was allowed to take
 * @param done how many events were finished
 * @param failed how many events were given up
 * @param remaining how many events were left unfinished
 * @param lost how many events the queue's store lost
 * @param limitHeld whether no window held more starts than the limit allowed; empty: not known
 * @param lateness by how much a round missed its deadline and why; empty: it met it, or {@link
 *     #stopped} leaves nothing to judge
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ManagerEnd(
    ManagerOptions.Mode mode,
    boolean stopped,
    Duration elapsed,
    Duration deadline,
    long done,
    long failed,
    long remaining,
    long lost,
    Optional<Boolean> limitHeld,
    Optional<Lateness> lateness) {

  /**
   * Returns the end that a report describes. A manager that was stopped in time, with events left,
   * neither met nor missed its deadline.
   *
   * @param stopRequested whether somebody stopped the manager
   */
  public static ManagerEnd of(ManagerOptions.Mode mode, boolean stopRequested, RoundReport report) {
    boolean service = mode != ManagerOptions.Mode.ROUND;
    boolean early =
        stopRequested
            && report.remaining() > 0
            && report.elapsed().compareTo(report.deadline()) <= 0;
    boolean stopped = service || early;
    return new ManagerEnd(
        mode,
        stopped,
        report.elapsed(),
        report.deadline(),
        report.done(),
        report.failed(),
        report.remaining(),
        report.lost(),
        report.limitHeld(),
        stopped ? Optional.empty() : report.lateness());
  }
}
