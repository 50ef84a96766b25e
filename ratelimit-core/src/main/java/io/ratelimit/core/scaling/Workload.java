package io.ratelimit.core.scaling;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import java.time.Duration;
import java.util.Map;

/**
 * How much work waits, by priority: how many events, and how long they are expected to take.
 * Immutable and thread-safe.
 */
public final class Workload {

  private static final int PRIORITIES = Priority.values().length;
  private static final double NANOS_PER_SECOND = 1e9;

  /** As many as that are too many anyway, and their sums cannot overflow. */
  private static final long MOST_EVENTS = 1_000_000_000_000_000L;

  private static final Workload NONE = of(Map.of());

  private final long[] events;
  private final double[] seconds;
  private final double[] longest;
  private final long totalEvents;
  private final double totalSeconds;
  private final double meanWhenEmpty;

  private Workload(long[] events, double[] seconds, double[] longest, double meanWhenEmpty) {
    this.events = events;
    this.seconds = seconds;
    this.longest = longest;
    this.meanWhenEmpty = meanWhenEmpty;
    long eventSum = 0;
    double secondSum = 0;
    for (int i = 0; i < PRIORITIES; i++) {
      eventSum += events[i];
      secondSum += seconds[i];
    }
    this.totalEvents = eventSum;
    this.totalSeconds = secondSum;
  }

  /** No work. */
  public static Workload none() {
    return NONE;
  }

  /**
   * So many events of each type. Negative numbers count as none, and more than 10<sup>15</sup> as
   * that many.
   */
  public static Workload of(Map<EventType, Long> countByType) {
    long[] events = new long[PRIORITIES];
    double[] seconds = new double[PRIORITIES];
    double[] longest = new double[PRIORITIES];
    countByType.forEach(
        (type, count) -> {
          if (count > 0) {
            int priority = type.priority().rank();
            double each = seconds(type.processingTime());
            long some = Math.min(count, MOST_EVENTS);
            events[priority] += some;
            seconds[priority] += some * each;
            longest[priority] = Math.max(longest[priority], each);
          }
        });
    return new Workload(events, seconds, longest, seconds(EventType.DEFAULT_PROCESSING_TIME));
  }

  /** So many events of one type. */
  public static Workload of(EventType type, long count) {
    return of(Map.of(type, count));
  }

  /**
   * This work, but where there is none, its mean is taken to be this: for events in hand or due
   * later, of which the types are not known.
   *
   * @throws IllegalArgumentException if the mean is negative
   */
  public Workload withMeanWhenEmpty(Duration mean) {
    if (mean.isNegative()) {
      throw new IllegalArgumentException("mean must not be negative but is " + mean);
    }
    return new Workload(events, seconds, longest, seconds(mean));
  }

  /** This work and some events of which only the number is known: they are taken to be average. */
  public Workload plusAverage(long count) {
    if (count <= 0) {
      return this;
    }
    int priority = totalEvents == 0 ? Priority.NORMAL.rank() : lowestPriority();
    double each = meanSeconds();
    long[] moreEvents = events.clone();
    double[] moreSeconds = seconds.clone();
    double[] moreLongest = longest.clone();
    long some = Math.min(count, MOST_EVENTS);
    moreEvents[priority] += some;
    moreSeconds[priority] += some * each;
    moreLongest[priority] = Math.max(moreLongest[priority], each);
    return new Workload(moreEvents, moreSeconds, moreLongest, meanWhenEmpty);
  }

  private int lowestPriority() {
    int lowest = PRIORITIES - 1;
    while (events[lowest] == 0) {
      lowest--;
    }
    return lowest;
  }

  /** The number of events. */
  public long events() {
    return totalEvents;
  }

  /** Whether there is no work. */
  public boolean isEmpty() {
    return totalEvents == 0;
  }

  /** The expected processing time of all events together, in seconds. */
  public double totalSeconds() {
    return totalSeconds;
  }

  /**
   * The mean expected processing time in seconds; where there is no work that of an unknown type,
   * or what {@link #withMeanWhenEmpty} says.
   */
  public double meanSeconds() {
    return totalEvents == 0 ? meanWhenEmpty : totalSeconds / totalEvents;
  }

  /** The longest expected processing time in seconds; 0 where there is no work. */
  public double longestSeconds() {
    double result = 0;
    for (double each : longest) {
      result = Math.max(result, each);
    }
    return result;
  }

  /** How many events have this priority or a more urgent one. */
  long eventsUpTo(int priority) {
    long sum = 0;
    for (int i = 0; i <= priority; i++) {
      sum += events[i];
    }
    return sum;
  }

  /** The longest expected processing time at a priority, in seconds; 0 where nothing has it. */
  double longestSeconds(int priority) {
    return longest[priority];
  }

  static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / NANOS_PER_SECOND;
  }

  @Override
  public String toString() {
    return totalEvents + " events, " + totalSeconds + " s";
  }
}
