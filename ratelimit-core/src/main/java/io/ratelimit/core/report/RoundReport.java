package io.ratelimit.core.report;

import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The report of a round. Immutable, and consists of records, so a JSON library can write it as it
 * is.
 *
 * @param startedAt when the round began
 * @param elapsed how long it took
 * @param firstStart how long after its beginning the first attempt started; empty if none did
 * @param deadline how long it was allowed to take
 * @param deadlineMet whether nothing was left unfinished at the deadline
 * @param done how many events were finished
 * @param failed how many events were given up
 * @param remaining how many events were left unfinished
 * @param lost how many events the queue lost during the round because its store lost their data
 * @param attempts how many attempts were started, by any process; each take of an event counts
 * @param retries how many of them failed and were scheduled for a retry
 * @param released how many of them were canceled or did not count
 * @param staleLeases how many of them could not be settled because their lease was lost
 * @param limitUtilization the share of the permits offered by the limit between the first and the
 *     last start that was used, 0 to 1
 * @param workerUtilization the share of the workers' time between the first and the last start that
 *     was spent processing, 0 to 1
 * @param mostWorkers the largest number of workers asked for
 * @param sampled the number of attempts whose outcome and duration are known; less than {@code
 *     attempts} if others also worked on the queue, or if workers were lost. {@code released},
 *     {@code staleLeases}, the percentiles and the figures by type come from these
 * @param waiting how long events waited from publication to their start
 * @param processing how long attempts took
 * @param largestWindow the largest weight of starts in any window; empty if unknown
 * @param window the length of that window
 * @param largestLimit the largest number of permits allowed in a window
 * @param byType what happened by name of event type, in the order of their first start;
 *     unmodifiable
 * @param decisions the scaling decisions that changed something, in order; unmodifiable
 * @param notes further information about these figures, one sentence each; unmodifiable
 */
public record RoundReport(
    Instant startedAt,
    Duration elapsed,
    Optional<Duration> firstStart,
    Duration deadline,
    boolean deadlineMet,
    long done,
    long failed,
    long remaining,
    long lost,
    long attempts,
    long retries,
    long released,
    long staleLeases,
    double limitUtilization,
    double workerUtilization,
    int mostWorkers,
    long sampled,
    Percentiles waiting,
    Percentiles processing,
    Optional<Long> largestWindow,
    Duration window,
    int largestLimit,
    Map<String, TypeReport> byType,
    List<ScalingDecision> decisions,
    List<String> notes) {

  /** Copies the collections. */
  public RoundReport {
    byType = Collections.unmodifiableMap(new LinkedHashMap<>(byType));
    decisions = List.copyOf(decisions);
    notes = List.copyOf(notes);
  }

  /** Returns whether no window held more starts than the limit allowed; empty if unknown. */
  public Optional<Boolean> limitHeld() {
    return largestWindow.map(largest -> largest <= largestLimit);
  }

  /** Returns how late the round was and why; empty if it met its deadline. */
  public Optional<Lateness> lateness() {
    return deadlineMet ? Optional.empty() : Optional.of(Lateness.of(this));
  }

  /** Returns a table for people to read. */
  @Override
  public String toString() {
    return new RoundTable(this).toString();
  }

  /**
   * What happened to the events of one type.
   *
   * @param done how many were finished
   * @param failed how many were given up
   * @param attempts how many attempts were made
   * @param meanProcessing how long an attempt took on average
   */
  public record TypeReport(long done, long failed, long attempts, Duration meanProcessing) {}
}
