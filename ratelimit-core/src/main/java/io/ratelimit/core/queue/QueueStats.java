package io.ratelimit.core.queue;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.AssumedStarts;
import io.ratelimit.core.limit.LargestWindows;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.LimitLoad;
import io.ratelimit.core.scaling.TypeHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a queue holds, at one moment. Conservation: {@code published = pending + delayed + leased +
 * done + failed + discarded + lost}, always.
 *
 * @param observedAt the moment, by the queue's clock
 * @param published how many events were ever accepted
 * @param pendingByPriority how many events wait for a worker; every priority has an entry
 * @param pendingByType the same by type, for types with waiting events, up to the number of types
 *     that the queue counts one by one; events of further types, and perhaps some that came while
 *     there was no room, are counted as {@link EventType#OTHERS} of their priority
 * @param delayed how many wait for a retry or for their delayed start
 * @param leased how many are being processed
 * @param done how many were finished
 * @param failed how many are in the failed queue
 * @param discarded how many were cleared, purged, canceled or replaced, or expired without going to
 *     the failed queue
 * @param lost how many are gone without a trace, because the store lost their data; 0 for a queue
 *     whose store loses nothing
 * @param starts how many attempts were ever started
 * @param startedPermits how many permits they took
 * @param acquiredPermits how many permits were ever spent on starts without an event, see {@link
 *     EventQueue#acquire}; they are not included in the others
 * @param retried how many attempts ever failed and were followed by a retry
 * @param givenUp how many events ever went to the failed queue, whether or not they are still there
 * @param replaced how many events were ever discarded because a later one of their key was
 *     published, see {@link PublishTerms#withLatest}
 * @param expired how many events ever expired while they waited, see {@link
 *     PublishTerms#withExpiry}; they were discarded or went to the failed queue
 * @param expiredLeases how many leases expired and were reclaimed
 * @param corrections the corrections of costs that were reported later
 * @param oldestPendingAge how long ago the oldest pending event that is not set aside was published
 *     or, if its start was delayed, was due; empty if none waits
 * @param startsInWindow the weight of the starts in the window of the limit in force, including
 *     starts without an event, but without assumed starts
 * @param largestWindows the fullest windows of the past
 * @param assumedStarts what that window counts instead of unknown starts, if anything
 * @param latestStart when the latest remembered start was made
 * @param nextStart when the limit allows the next start of an event of weight 1, if it allows none
 *     now and starts are not paused indefinitely
 * @param observed the measurements of attempts at events of each type: one entry per name, with the
 *     latest declaration of the type; at most {@link EventQueue#MAX_OBSERVED_TYPES} names
 * @param pendingPermits what the pending events cost, by type, for types with events that weigh
 *     more than 1; all others cost one permit each. Weights of {@link EventType#OTHERS} are rounded
 *     up to a power of two, at most the permits of the limit
 * @param setAside the pending events that are set aside because takers did not want their type, by
 *     type name; at most {@link EventQueue#MAX_OBSERVED_TYPES} names, and all others together as
 *     {@link EventType#OTHERS}, with the age of the oldest of all
 * @param limit the limit's settings
 * @param clockShift how far the queue's time is ahead of the store's clock, because that clock was
 *     set while the queue was in use; usually zero
 * @param loads the demand of the pending events for each named limit that charges some of them, by
 *     name; while some are delayed, for all named limits, because the charges of delayed events are
 *     unknown. It is unknown which of these events some takers do not want
 */
public record QueueStats(
    Instant observedAt,
    long published,
    Map<Priority, Long> pendingByPriority,
    Map<EventType, Long> pendingByType,
    long delayed,
    long leased,
    long done,
    long failed,
    long discarded,
    long lost,
    long starts,
    long startedPermits,
    long acquiredPermits,
    long retried,
    long givenUp,
    long replaced,
    long expired,
    long expiredLeases,
    Corrections corrections,
    Optional<Duration> oldestPendingAge,
    long startsInWindow,
    LargestWindows largestWindows,
    Optional<AssumedStarts> assumedStarts,
    Optional<Instant> latestStart,
    Optional<Instant> nextStart,
    Map<EventType, TypeHistory> observed,
    Map<EventType, Permits> pendingPermits,
    Map<String, SetAside> setAside,
    LimitSettings limit,
    Duration clockShift,
    List<LimitLoad> loads) {

  /**
   * The cost of attempts at the pending events of a type.
   *
   * @param total the weight of all of them together
   * @param heaviest the weight of the heaviest, at least 1
   */
  public record Permits(long total, int heaviest) {}

  /**
   * Pending events of a type that wait for a taker with a handler for it.
   *
   * @param events how many, at least 1
   * @param oldestAge how long ago the oldest of them was published
   */
  public record SetAside(long events, Duration oldestAge) {}

  /**
   * The corrections of costs over all limits, see {@link EventQueue#correct}.
   *
   * @param debited how many permits were ever debited
   * @param returned how many permits were ever given back
   * @param overruns how many windows were ever found to hold more than they should
   * @param latestOverrun when the last overrun was found
   */
  public record Corrections(
      long debited, long returned, long overruns, Optional<Instant> latestOverrun) {

    /** Nothing was ever corrected. */
    public static final Corrections NONE = new Corrections(0, 0, 0, Optional.empty());
  }

  /** Copies the maps. */
  public QueueStats {
    Map<Priority, Long> everyPriority = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      everyPriority.put(priority, pendingByPriority.getOrDefault(priority, 0L));
    }
    pendingByPriority = Collections.unmodifiableMap(everyPriority);
    pendingByType = Map.copyOf(pendingByType);
    pendingPermits = Map.copyOf(pendingPermits);
    observed = Map.copyOf(observed);
    setAside = Map.copyOf(setAside);
    loads = List.copyOf(loads);
  }

  /** Returns how many wait for a worker, of all priorities. */
  public long pending() {
    long sum = 0;
    for (long count : pendingByPriority.values()) {
      sum += count;
    }
    return sum;
  }

  /** Returns the cost of one attempt at each pending event of a type. */
  public Permits pendingPermits(EventType type) {
    return pendingPermits.getOrDefault(type, new Permits(pendingByType.getOrDefault(type, 0L), 1));
  }

  /**
   * Returns these stats for takers of some types only: other pending events do not count, and the
   * oldest pending event may be set aside.
   */
  public QueueStats wanting(WantedTypes types) {
    if (types.isAll() || types.includes(EventType.OTHERS.name())) {
      return ofTypes(types::includes, otherTypes());
    }
    // All that others left is known once takers have met it; till then it may be wanted.
    long foreign = 0;
    for (Map.Entry<String, SetAside> aside : setAside.entrySet()) {
      foreign += types.includes(aside.getKey()) ? 0 : aside.getValue().events();
    }
    long counted = 0;
    for (Map.Entry<EventType, Long> type : pendingByType.entrySet()) {
      counted += types.includes(type.getKey().name()) ? type.getValue() : 0;
    }
    return ofTypes(types::includes, pending() - foreign - counted);
  }

  /**
   * Returns how many pending events are counted as {@link EventType#OTHERS}; 0 unless there were
   * more types than the queue counts one by one.
   */
  public long otherTypes() {
    long sum = 0;
    for (Map.Entry<EventType, Long> type : pendingByType.entrySet()) {
      sum += isOthers(type.getKey()) ? type.getValue() : 0;
    }
    return sum;
  }

  private static boolean isOthers(EventType type) {
    return type.name().equals(EventType.OTHERS.name());
  }

  /**
   * Returns these stats without the pending events of types that no process seems to take: types
   * with an event that is set aside and older than this.
   */
  public QueueStats withoutSetAside(Duration longer) {
    Predicate<String> counts =
        name -> {
          SetAside aside = setAside.get(name);
          return aside == null || aside.oldestAge().compareTo(longer) <= 0;
        };
    String others = EventType.OTHERS.name();
    SetAside aside = counts.test(others) ? null : setAside.get(others);
    long left = aside == null ? 0 : aside.events();
    return ofTypes(counts, otherTypes() - left);
  }

  /**
   * @param counts which types count, by name
   * @param others how many of those that are not counted by type do at most
   */
  private QueueStats ofTypes(Predicate<String> counts, long others) {
    Map<EventType, Long> byType = new HashMap<>(pendingByType);
    byType.keySet().removeIf(type -> isOthers(type) || !counts.test(type.name()));
    long room = others;
    for (Priority priority : Priority.values()) {
      EventType type = EventType.OTHERS.withPriority(priority);
      long some = Math.min(room, pendingByType.getOrDefault(type, 0L));
      if (some > 0) {
        byType.put(type, some);
        room -= some;
      }
    }
    Map<Priority, Long> byPriority = new EnumMap<>(Priority.class);
    byType.forEach((type, count) -> byPriority.merge(type.priority(), count, Long::sum));
    Map<EventType, Permits> permits = new HashMap<>(pendingPermits);
    permits.keySet().retainAll(byType.keySet());
    permits.replaceAll((type, all) -> share(all, type, byType));
    Map<String, SetAside> aside = new HashMap<>(setAside);
    aside.keySet().removeIf(name -> !counts.test(name));
    return new QueueStats(
        observedAt,
        published,
        byPriority,
        byType,
        delayed,
        leased,
        done,
        failed,
        discarded,
        lost,
        starts,
        startedPermits,
        acquiredPermits,
        retried,
        givenUp,
        replaced,
        expired,
        expiredLeases,
        corrections,
        oldestAge(byType, aside),
        startsInWindow,
        largestWindows,
        assumedStarts,
        latestStart,
        nextStart,
        observed,
        permits,
        aside,
        limit,
        clockShift,
        loads);
  }

  /** Returns what some of the events of a type cost, if all are alike. */
  private Permits share(Permits all, EventType type, Map<EventType, Long> some) {
    long events = pendingByType.getOrDefault(type, 0L);
    long left = some.getOrDefault(type, 0L);
    return events == left
        ? all
        : new Permits(
            Math.max(left, (long) Math.ceil(1.0 * all.total() * left / events)), all.heaviest());
  }

  /**
   * Returns how long ago the oldest pending event was published, whether or not it is set aside, if
   * any waits.
   */
  public Optional<Duration> oldestAge() {
    return oldestAge(pendingByType, setAside);
  }

  private Optional<Duration> oldestAge(Map<EventType, Long> byType, Map<String, SetAside> aside) {
    return Stream.concat(
            oldestPendingAge.stream(), aside.values().stream().map(SetAside::oldestAge))
        .max(Duration::compareTo)
        .filter(age -> !byType.isEmpty());
  }

  /** Returns how many events are unfinished: pending, delayed and leased. */
  public long unfinished() {
    return pending() + delayed + leased;
  }

  /** Returns the limit that held at that moment. */
  public RateLimit limitInForce() {
    return limit.inForce(observedAt);
  }

  /**
   * Returns the most permits that starts took in any window of the limit that ended at this time,
   * by the queue's clock, or later; 0: there was none. Exact except as {@link LargestWindows} says,
   * never too low where {@link LargestWindows#isCompleteSince it is complete}, and without assumed
   * starts.
   */
  public long largestWindowSince(Instant time) {
    return largestWindows.since(time);
  }

  /** Returns whether every published event is accounted for. */
  public boolean isConserved() {
    return published == unfinished() + done + failed + discarded + lost;
  }
}
