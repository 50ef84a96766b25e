package io.ratelimit.core.plan;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.scaling.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Work to be planned, in the order in which it will be taken: by {@link Priority}, and within a
 * priority as listed. Immutable and thread-safe.
 */
public final class Backlog {

  /** The most events that a plan looks at, one by one. */
  public static final long MAX_EVENTS = 1_000_000;

  /**
   * Some events of one type, one after the other.
   *
   * @param type their type
   * @param count how many, at least 1
   */
  public record Run(EventType type, long count) {

    /**
     * Creates a run.
     *
     * @throws IllegalArgumentException if the count is below 1
     */
    public Run {
      requireNonNull(type, "type");
      if (count < 1) {
        throw new IllegalArgumentException(
            "a run of " + type.name() + " must have at least 1 event but has " + count);
      }
    }
  }

  private final List<Run> runs;
  private final long events;

  private Backlog(List<Run> listed) {
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
    return new Backlog(List.copyOf(runs));
  }

  /**
   * These events, in the order in which they were published.
   *
   * @throws IllegalArgumentException if there are not 1 to {@link #MAX_EVENTS} events
   */
  public static Backlog ofEvents(Collection<AuditEvent> events) {
    List<Run> runs = new ArrayList<>();
    for (AuditEvent event : events) {
      int last = runs.size() - 1;
      if (last >= 0 && runs.get(last).type().equals(event.type())) {
        runs.set(last, new Run(event.type(), runs.get(last).count() + 1));
      } else {
        runs.add(new Run(event.type(), 1));
      }
    }
    return new Backlog(runs);
  }

  /** The runs in the order in which they will be taken; unmodifiable. */
  public List<Run> runs() {
    return runs;
  }

  /** The number of events. */
  public long events() {
    return events;
  }

  /** The same work without its order. */
  public Workload workload() {
    Map<EventType, Long> counts = new HashMap<>();
    runs.forEach(run -> counts.merge(run.type(), run.count(), Long::sum));
    return Workload.of(counts);
  }
}
