package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The waiting work, by priority: how many events, how many permits one attempt at each costs, and
 * how long they are expected to take. Immutable and thread-safe.
 */
public final class Workload {

  private static final int PRIORITIES = Priority.values().length;
  private static final double NANOS_PER_SECOND = 1e9;

  /** More events than can ever be handled, with sums that cannot overflow. */
  private static final long MOST_EVENTS = 1_000_000_000_000_000L;

  /** The most groups of a priority; the shorter ones are merged. */
  private static final int MOST_GROUPS = 8;

  private static final Workload NONE = of(Map.of());

  /**
   * The events of one type that wait.
   *
   * @param type their type
   * @param events how many; negative numbers count as none, and more than 10<sup>15</sup> as that
   *     many
   * @param permits how many permits one attempt at each of them costs together, at least one each
   * @param heaviest how many permits the heaviest of them costs, at least 1
   * @param estimate what is known of their attempts; empty: what was declared and is expected
   */
  public record Part(
      EventType type, long events, long permits, int heaviest, Optional<TypeEstimate> estimate) {

    /**
     * Creates a part.
     *
     * @throws IllegalArgumentException if the heaviest costs less than one permit, or the permits
     *     are not events to events × heaviest
     */
    public Part {
      requireNonNull(type, "type");
      requireNonNull(estimate, "estimate");
      events = Math.max(0, Math.min(events, MOST_EVENTS));
      if (heaviest < 1 || permits < events || permits > (double) events * heaviest) {
        throw new IllegalArgumentException(
            events
                + " events of at most "
                + heaviest
                + " permits each cannot cost "
                + permits
                + " permits");
      }
    }

    /** Returns these and more events of the same type. */
    public Part plus(Part more) {
      return new Part(
          type,
          events + more.events,
          permits + more.permits,
          Math.max(heaviest, more.heaviest),
          estimate);
    }

    /** Returns these with what is known of their attempts. */
    public Part withEstimate(Optional<TypeEstimate> newEstimate) {
      return new Part(type, events, permits, heaviest, newEstimate);
    }

    /** Events of weight 1 of which only the type is known. */
    public static Part of(EventType type, long events) {
      long some = Math.max(0, Math.min(events, MOST_EVENTS));
      return new Part(type, some, some, 1, Optional.empty());
    }
  }

  /**
   * Events of one kind.
   *
   * @param events the number of events
   * @param permits the total cost of one attempt at each
   * @param seconds the typical time of an attempt
   * @param estimate further knowledge of them
   */
  record Group(double events, double permits, double seconds, Optional<TypeEstimate> estimate) {

    double slowShare(Expectations expected) {
      return estimate.map(TypeEstimate::slowShare).orElse(expected.slowRate());
    }

    double slowSeconds(Expectations expected) {
      return estimate
          .map(known -> Math.max(seconds, known.slowSeconds()))
          .orElse(seconds * expected.worstTimeFactor());
    }

    double meanSeconds(Expectations expected) {
      double share = slowShare(expected);
      return seconds * (1 - share) + slowSeconds(expected) * share;
    }

    Group plus(Group shorter) {
      return new Group(events + shorter.events, permits + shorter.permits, seconds, estimate);
    }
  }

  /** The groups of each priority, the longest first. */
  private final List<List<Group>> groups;

  private final int heaviest;
  private final double meanWhenEmpty;
  private final long totalEvents;
  private final double totalPermits;
  private final double totalSeconds;

  private Workload(List<List<Group>> groups, int heaviest, double meanWhenEmpty) {
    this.groups = groups;
    this.heaviest = heaviest;
    this.meanWhenEmpty = meanWhenEmpty;
    double events = 0;
    double permits = 0;
    double seconds = 0;
    for (List<Group> some : groups) {
      for (Group group : some) {
        events += group.events();
        permits += group.permits();
        seconds += group.events() * group.seconds();
      }
    }
    this.totalEvents = (long) events;
    this.totalPermits = permits;
    this.totalSeconds = seconds;
  }

  /** No work. */
  public static Workload none() {
    return NONE;
  }

  /**
   * So many events of each type, of weight 1. Negative numbers count as none, and more than
   * 10<sup>15</sup> as that many.
   */
  public static Workload of(Map<EventType, Long> countByType) {
    List<Part> parts = new ArrayList<>();
    countByType.forEach((type, count) -> parts.add(Part.of(type, count)));
    return ofParts(parts);
  }

  /** So many events of one type, of weight 1. */
  public static Workload of(EventType type, long count) {
    return of(Map.of(type, count));
  }

  /** Returns these events. */
  public static Workload ofParts(Collection<Part> parts) {
    List<List<Group>> groups = new ArrayList<>();
    for (int i = 0; i < PRIORITIES; i++) {
      groups.add(new ArrayList<>());
    }
    int heaviest = 1;
    for (Part part : parts) {
      if (part.events() > 0) {
        double seconds =
            part.estimate()
                .map(TypeEstimate::cautiousSeconds)
                .orElse(seconds(part.type().processingTime()));
        groups
            .get(part.type().priority().rank())
            .add(new Group(part.events(), part.permits(), seconds, part.estimate()));
        heaviest = Math.max(heaviest, part.heaviest());
      }
    }
    return new Workload(
        groups.stream().map(Workload::few).toList(),
        heaviest,
        seconds(EventType.DEFAULT_PROCESSING_TIME));
  }

  /**
   * Returns the longest groups first, and not too many: the others count as the shortest remaining
   * one.
   */
  private static List<Group> few(List<Group> groups) {
    List<Group> sorted = new ArrayList<>(groups);
    sorted.sort(Comparator.comparing(Group::seconds).reversed());
    while (sorted.size() > MOST_GROUPS) {
      Group last = sorted.remove(sorted.size() - 1);
      sorted.set(MOST_GROUPS - 1, sorted.get(MOST_GROUPS - 1).plus(last));
    }
    return List.copyOf(sorted);
  }

  /**
   * Returns this work, but where there is none, its mean is taken to be this: for events in hand or
   * due later, of which the types are not known.
   *
   * @throws IllegalArgumentException if the mean is negative
   */
  public Workload withMeanWhenEmpty(Duration mean) {
    return new Workload(groups, heaviest, seconds(Requirements.notNegative("mean", mean)));
  }

  /**
   * Returns this work and some events of which only the number is known: they are taken to be
   * average.
   */
  public Workload plusAverage(long count) {
    if (count <= 0) {
      return this;
    }
    int priority = totalEvents == 0 ? Priority.NORMAL.rank() : lowestPriority();
    double some = Math.min(count, MOST_EVENTS);
    double permits = totalEvents == 0 ? some : some * totalPermits / totalEvents;
    List<List<Group>> more = new ArrayList<>(groups);
    List<Group> longer = new ArrayList<>(groups.get(priority));
    longer.add(new Group(some, permits, meanSeconds(), Optional.empty()));
    more.set(priority, few(longer));
    return new Workload(List.copyOf(more), heaviest, meanWhenEmpty);
  }

  /** Returns this work and more. */
  public Workload plus(Workload more) {
    if (more.isEmpty()) {
      return this;
    }
    List<List<Group>> both = new ArrayList<>();
    for (int i = 0; i < PRIORITIES; i++) {
      List<Group> some = new ArrayList<>(groups.get(i));
      some.addAll(more.groups.get(i));
      both.add(few(some));
    }
    return new Workload(both, Math.max(heaviest, more.heaviest), meanWhenEmpty);
  }

  private int lowestPriority() {
    int lowest = PRIORITIES - 1;
    while (groups.get(lowest).isEmpty()) {
      lowest--;
    }
    return lowest;
  }

  /** Returns the number of events. */
  public long events() {
    return totalEvents;
  }

  /** Returns how many permits one attempt at each of them costs together. */
  public double permits() {
    return totalPermits;
  }

  /** Returns how many permits the heaviest event costs; 1 where there is no work. */
  public int heaviest() {
    return heaviest;
  }

  /** Returns whether there is no work. */
  public boolean isEmpty() {
    return totalEvents == 0;
  }

  /** Returns the expected processing time of all events together, in seconds. */
  public double totalSeconds() {
    return totalSeconds;
  }

  /**
   * Returns the mean expected processing time in seconds; where there is no work that of an unknown
   * type, or what {@link #withMeanWhenEmpty} says.
   */
  public double meanSeconds() {
    return totalEvents == 0 ? meanWhenEmpty : totalSeconds / totalEvents;
  }

  /** Returns the longest expected processing time in seconds; 0 where there is no work. */
  public double longestSeconds() {
    double result = 0;
    for (int i = 0; i < PRIORITIES; i++) {
      result = Math.max(result, longestSeconds(i));
    }
    return result;
  }

  /**
   * Returns the longest expected processing time of a priority, in seconds; 0 if it has no events.
   */
  private double longestSeconds(int priority) {
    List<Group> some = groups.get(priority);
    return some.isEmpty() ? 0 : some.get(0).seconds();
  }

  /** Returns the groups of a priority, the longest first. */
  List<Group> groups(int priority) {
    return groups.get(priority);
  }

  /** Returns the expectations, with the observed failure rate of the waiting types. */
  Expectations seen(Expectations expected) {
    if (totalEvents == 0) {
      return expected;
    }
    double failing = 0;
    double without = 0;
    for (List<Group> some : groups) {
      for (Group group : some) {
        if (group.estimate().isPresent()) {
          failing += group.events() * group.estimate().get().failureRate();
        } else {
          without += group.events();
        }
      }
    }
    return without == totalEvents
        ? expected
        : expected.withFailureRate(
            Math.min(1, (failing + without * expected.failureRate()) / totalEvents));
  }

  static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / NANOS_PER_SECOND;
  }

  @Override
  public String toString() {
    return totalEvents + " events, " + totalSeconds + " s";
  }
}
