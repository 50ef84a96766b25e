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
 * What happened in a round. Immutable; made of records, so that a JSON library can write it as it
 * is.
 *
 * @param startedAt when the round began
 * @param elapsed how long it took
 * @param firstStart how long after its begin the first attempt was started; empty: none was
 * @param deadline how long it was allowed to take
 * @param deadlineMet whether nothing was left unfinished at the deadline
 * @param done how many events were finished
 * @param failed how many events were given up
 * @param remaining how many events were left unfinished
 * @param attempts how many attempts were made
 * @param retries how many of them failed and were to be made again
 * @param released how many of them were broken off or did not count
 * @param staleLeases how many of them could not be settled because their lease was lost
 * @param limitUtilisation which share of the permits that the limit offered between the first and
 *     the last start was used, 0 to 1
 * @param workerUtilisation which share of the workers' time between the first and the last start
 *     was spent processing, 0 to 1
 * @param mostWorkers the most workers that were asked for
 * @param waiting how long events waited from publication to their start
 * @param processing how long attempts took
 * @param largestWindow the largest weight of starts in any window, counted from the recorded starts
 * @param window the length of that window
 * @param largestLimit the most permits that were allowed in a window
 * @param byType what happened by name of event type, in the order of their first start;
 *     unmodifiable
 * @param decisions the scaling decisions that changed something, in order; unmodifiable
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
    long attempts,
    long retries,
    long released,
    long staleLeases,
    double limitUtilisation,
    double workerUtilisation,
    int mostWorkers,
    Percentiles waiting,
    Percentiles processing,
    long largestWindow,
    Duration window,
    int largestLimit,
    Map<String, TypeReport> byType,
    List<ScalingDecision> decisions) {

  /** Copies the collections. */
  public RoundReport {
    byType = Collections.unmodifiableMap(new LinkedHashMap<>(byType));
    decisions = List.copyOf(decisions);
  }

  /** Whether no window held more starts than the limit allowed. */
  public boolean limitHeld() {
    return largestWindow <= largestLimit;
  }

  /** Returns by how much the round was late and why; empty where it met its deadline. */
  public Optional<Lateness> lateness() {
    return deadlineMet ? Optional.empty() : Optional.of(Lateness.of(this));
  }

  /** A table for people to read. */
  @Override
  public String toString() {
    return new RoundTable(this).toString();
  }
}
