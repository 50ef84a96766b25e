package io.ratelimit.core.plan;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.scaling.LimitLoad;
import io.ratelimit.core.scaling.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Work to be planned, in the order in which it will be taken: by {@link Priority}, and within a
 * priority as listed. Also contains its demand for named limits, if any charge it. Immutable and
 * thread-safe.
 */
public final class Backlog {

  /** The most events that a plan looks at, one by one. */
  public static final long MAX_EVENTS = 1_000_000;

  /**
   * Some events of one type and weight, one after the other.
   *
   * @param type their type
   * @param count how many, at least 1
   * @param weight how many permits one attempt at one of them costs, at least 1
   */
  public record Run(EventType type, long count, int weight) {

    /**
     * Creates a run.
     *
     * @throws IllegalArgumentException if the count or the weight is below 1
     */
    public Run {
      requireNonNull(type, "type");
      if (count < 1) {
        throw new IllegalArgumentException(
            "a run of " + type.name() + " must have at least 1 event but has " + count);
      }
      if (weight < 1) {
        throw new IllegalArgumentException(
            "events of " + type.name() + " must have a weight of at least 1 but have " + weight);
      }
    }

    /**
     * Creates a run of events of weight 1.
     *
     * @throws IllegalArgumentException if the count is below 1
     */
    public Run(EventType type, long count) {
      this(type, count, 1);
    }

    private boolean continuesWith(AuditEvent event) {
      return type.equals(event.type()) && weight == event.weight();
    }
  }

  private final List<Run> runs;
  private final long events;
  private final List<LimitLoad> loads;
  private final int heaviest;
  private final Workload workload;

  private Backlog(List<Run> listed, List<LimitLoad> loads) {
    this.loads = List.copyOf(loads);
    this.runs =
        listed.stream().sorted(Comparator.comparing((Run run) -> run.type().priority())).toList();
    long sum = 0;
    for (Run run : runs) {
      sum += Math.min(run.count(), MAX_EVENTS + 1);
    }
    if (sum < 1 || sum > MAX_EVENTS) {
      throw new IllegalArgumentException(
          "a backlog to plan must have 1 to "
              + MAX_EVENTS
              + " events but has "
              + (sum < 1 ? "none" : "more"));
    }
    this.events = sum;
    this.heaviest = runs.stream().mapToInt(Run::weight).max().orElse(1);
    this.workload = workload(runs);
  }

  /**
   * So many events of one type.
   *
   * @throws IllegalArgumentException if the number is not 1 to {@link #MAX_EVENTS}
   */
  public static Backlog of(EventType type, long count) {
    return ofRuns(List.of(new Run(type, count)));
  }

  /**
   * Runs of events, in the order in which they were published.
   *
   * @throws IllegalArgumentException if they have together not 1 to {@link #MAX_EVENTS} events
   */
  public static Backlog ofRuns(Collection<Run> runs) {
    return new Backlog(List.copyOf(runs), List.of());
  }

  /**
   * Returns these events, in the order in which they were published.
   *
   * @throws IllegalArgumentException if there are not 1 to {@link #MAX_EVENTS} events
   */
  public static Backlog ofEvents(Collection<AuditEvent> events) {
    List<Run> runs = new ArrayList<>();
    for (AuditEvent event : events) {
      int last = runs.size() - 1;
      if (last >= 0 && runs.get(last).continuesWith(event)) {
        runs.set(last, new Run(event.type(), runs.get(last).count() + 1, event.weight()));
      } else {
        runs.add(new Run(event.type(), 1, event.weight()));
      }
    }
    return new Backlog(runs, List.of());
  }

  /**
   * Returns this work, and what it asks of limits beside the queue's own.
   *
   * @param newLoads of each limit that charges some of it
   */
  public Backlog withLoads(Collection<LimitLoad> newLoads) {
    return new Backlog(runs, List.copyOf(newLoads));
  }

  /** Returns the runs in the order in which they will be taken; unmodifiable. */
  public List<Run> runs() {
    return runs;
  }

  /** Returns the number of events. */
  public long events() {
    return events;
  }

  /** Returns how many permits an attempt at the heaviest event costs. */
  public int heaviest() {
    return heaviest;
  }

  /** Returns what it asks of named limits, by name: those that charge some of it. */
  public List<LimitLoad> loads() {
    return loads;
  }

  /** Returns the same work without its order, and without what it asks of named limits. */
  public Workload workload() {
    return workload;
  }

  private static Workload workload(List<Run> runs) {
    record Kind(EventType type, int weight) {}
    Map<Kind, Long> counts = new LinkedHashMap<>();
    for (Run run : runs) {
      counts.merge(new Kind(run.type(), run.weight()), run.count(), Long::sum);
    }
    Map<EventType, Workload.Part> parts = new LinkedHashMap<>();
    counts.forEach(
        (kind, count) ->
            parts.merge(
                kind.type(),
                new Workload.Part(
                    kind.type(), count, count * kind.weight(), kind.weight(), Optional.empty()),
                Workload.Part::plus));
    return Workload.ofParts(parts.values());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Backlog that && runs.equals(that.runs) && loads.equals(that.loads);
  }

  @Override
  public int hashCode() {
    return 31 * runs.hashCode() + loads.hashCode();
  }

  @Override
  public String toString() {
    return runs.toString();
  }
}
