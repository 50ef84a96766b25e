package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What readings of the queue and decisions show of a round, in a size that does not grow with their
 * number. Immutable and pure; consists of values that a JSON library can write as they are.
 *
 * @param startedAt when the round began
 * @param from when the queue was first read
 * @param at when the queue was last read
 * @param published how many events had ever been published at the last reading
 * @param arrivalsByMinute how many events were published in each minute of the round; those between
 *     two readings count in the minute of the later one
 * @param backlogByType how many events were pending at the first reading, by type name
 * @param normal the normal limit at the last reading
 * @param normalPermits how many permits the normal limit offered between the first and the last
 *     reading
 * @param decided the last decision, if there was one
 * @param mostWorkers the largest number of workers asked for
 * @param workerSeconds the total time of the workers between the first and the last reading, in
 *     seconds
 * @param boundSeconds how many seconds each constraint held the work back
 * @param inForce the last limits that were decided on
 */
public record RoundTrace(
    Instant startedAt,
    Instant from,
    Instant at,
    long published,
    List<Long> arrivalsByMinute,
    Map<String, Long> backlogByType,
    RateLimit normal,
    double normalPermits,
    Optional<Decided> decided,
    int mostWorkers,
    double workerSeconds,
    Map<Constraint, Double> boundSeconds,
    List<RoundRecord.InForce> inForce) {

  private static final int SECONDS_IN_MINUTE = 60;

  /**
   * What a decision asked for.
   *
   * @param workers the number of workers
   * @param constraint what held the work back
   */
  public record Decided(int workers, Constraint constraint) {}

  /** Copies the collections. */
  public RoundTrace {
    arrivalsByMinute = List.copyOf(arrivalsByMinute);
    backlogByType = Map.copyOf(backlogByType);
    Map<Constraint, Double> seconds = new EnumMap<>(Constraint.class);
    seconds.putAll(boundSeconds);
    boundSeconds = Collections.unmodifiableMap(seconds);
    inForce = List.copyOf(inForce);
  }

  /** Begins a trace with the first reading of the queue. */
  public static RoundTrace begin(Instant startedAt, QueueStats stats) {
    return new RoundTrace(
        startedAt,
        stats.observedAt(),
        stats.observedAt(),
        stats.published(),
        List.of(),
        backlog(stats),
        stats.limit().normal(),
        0,
        Optional.empty(),
        0,
        0,
        Map.of(),
        List.of());
  }

  private static Map<String, Long> backlog(QueueStats stats) {
    Map<String, Long> byName = new TreeMap<>();
    stats.pendingByType().forEach((type, count) -> byName.merge(type.name(), count, Long::sum));
    if (byName.size() <= RoundRecord.MOST_TYPES) {
      return byName;
    }
    Map<String, Long> most = new TreeMap<>();
    byName.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(RoundRecord.MOST_TYPES - 1)
        .forEach(type -> most.put(type.getKey(), type.getValue()));
    long all = byName.values().stream().mapToLong(Long::longValue).sum();
    long told = most.values().stream().mapToLong(Long::longValue).sum();
    most.put(RoundRecord.OTHER_TYPES, all - told);
    return most;
  }

  /** Returns this trace after another reading and the decision that was based on it. */
  public RoundTrace with(ScalingDecision decision, QueueStats stats) {
    RoundTrace until = until(stats);
    return new RoundTrace(
        startedAt,
        from,
        until.at,
        until.published,
        until.arrivalsByMinute,
        backlogByType,
        until.normal,
        until.normalPermits,
        Optional.of(new Decided(decision.workers(), decision.constraint())),
        Math.max(mostWorkers, decision.workers()),
        until.workerSeconds,
        until.boundSeconds,
        changed(decision));
  }

  private List<RoundRecord.InForce> changed(ScalingDecision decision) {
    List<RoundRecord.InForce> changed = new ArrayList<>(inForce);
    if (inForce.isEmpty() || !inForce.get(inForce.size() - 1).limit().equals(decision.limit())) {
      changed.add(new RoundRecord.InForce(decision.at(), decision.limit(), decision.mode()));
    }
    int left = Math.max(0, changed.size() - RoundRecord.MOST_CHANGES);
    return changed.subList(left, changed.size());
  }

  /** Returns this trace up to a last reading, without a decision. */
  public RoundTrace until(QueueStats stats) {
    Instant now = stats.observedAt().isBefore(at) ? at : stats.observedAt();
    double seconds = Duration.between(at, now).toNanos() / 1e9;
    Map<Constraint, Double> bound = new EnumMap<>(Constraint.class);
    bound.putAll(boundSeconds);
    decided.ifPresent(held -> bound.merge(held.constraint(), seconds, Double::sum));
    return new RoundTrace(
        startedAt,
        from,
        now,
        stats.published(),
        arrivals(now, Math.max(0, stats.published() - published)),
        backlogByType,
        stats.limit().normal(),
        normalPermits + seconds / normal.secondsPerPermit(),
        decided,
        mostWorkers,
        workerSeconds + seconds * decided.map(Decided::workers).orElse(0),
        bound,
        inForce);
  }

  private List<Long> arrivals(Instant now, long arrived) {
    int minute = minute(startedAt, now);
    List<Long> minutes = new ArrayList<>(arrivalsByMinute);
    while (minutes.size() <= minute) {
      minutes.add(0L);
    }
    minutes.set(minute, minutes.get(minute) + arrived);
    return minutes;
  }

  /** Returns the minute of a round that a moment belongs to, from 0. */
  static int minute(Instant startedAt, Instant moment) {
    long minute = Duration.between(startedAt, moment).toSeconds() / SECONDS_IN_MINUTE;
    return (int) Math.max(0, Math.min(RoundRecord.MOST_MINUTES - 1, minute));
  }

  /** Returns how many of the given permits exceed what the normal limit offered. */
  long beyondNormal(long permits) {
    return Math.max(0, permits - (long) Math.floor(normalPermits) - normal.burst());
  }

  Map<Constraint, Double> bound() {
    double all = boundSeconds.values().stream().mapToDouble(Double::doubleValue).sum();
    Map<Constraint, Double> shares = new EnumMap<>(Constraint.class);
    if (all > 0) {
      boundSeconds.forEach(
          (constraint, seconds) -> shares.put(constraint, Math.min(1, seconds / all)));
    }
    return shares;
  }

  Optional<RoundRecord.Workers> workers() {
    double seconds = Duration.between(from, at).toNanos() / 1e9;
    return decided.map(
        last ->
            new RoundRecord.Workers(
                mostWorkers,
                seconds > 0 ? workerSeconds / seconds : last.workers(),
                workerSeconds / SECONDS_IN_MINUTE));
  }
}
