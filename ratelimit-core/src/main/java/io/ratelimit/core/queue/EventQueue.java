package io.ratelimit.core.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A queue of audit events with a rate limit built in: an event is handed out only together with a
 * permit, in one atomic step, and a permit is spent only when an event is handed out.
 *
 * <p>An event is <em>pending</em>, at once or after a delay that its {@link PublishTerms} ask for,
 * then <em>leased</em> to whoever took it, then done, or <em>delayed</em> until its retry and
 * pending again, or <em>failed</em>. Guarantees that every implementation gives, and that {@code
 * EventQueueContract} in ratelimit-testkit checks:
 *
 * <ul>
 *   <li><b>Limit.</b> Takes, and starts that no event is taken for, together obey {@link
 *       io.ratelimit.core.limit.LimitState}, over all clients.
 *   <li><b>Named limits.</b> An event to which {@link Limits} apply is handed out only when all of
 *       them admit it, and takes from all of them in the same step. One that a key does not admit
 *       stands aside, and holds up none of another key.
 *   <li><b>Order.</b> Strictly by {@link Priority}, within a priority by publication. An event that
 *       comes back (retried, released, reclaimed, redriven) takes its old place. With aging, if the
 *       implementation offers it, an event rises by one priority for each interval that it waited;
 *       of two that are then equally urgent, the one of higher priority is first. Events that named
 *       limits charge are in order among those of the same priority and the same keys. These
 *       combinations of keys, and the events without a charge as one of them, take turns: the first
 *       event of a combination waits for at most one start of each other one that may start,
 *       however many events wait there.
 *   <li><b>At least once.</b> A lease that is not settled in time expires, and its event is pending
 *       again. Only the lease that holds an event can settle it, so no event is done twice.
 *   <li><b>Conservation.</b> Every accepted event is in exactly one state, see {@link QueueStats}.
 *   <li><b>Identity.</b> An id that is unfinished (pending, delayed or leased) is accepted only
 *       once; after that again, unless {@link PublishTerms#withDedupAfterDone} says otherwise.
 *   <li><b>Observation.</b> How long attempts take, from take to settlement by the queue's clock,
 *       and how many fail, is counted by the name of the event's type, see {@link
 *       QueueStats#observed}: an {@link #ack}, a {@link #retry} or a {@link #fail} counts; a {@link
 *       #release} and a lease that ran out do not. Of more than {@link #MAX_OBSERVED_TYPES} names,
 *       those that come later are not counted. What was counted stays when the queue is cleared.
 * </ul>
 *
 * <p>Implementations are thread-safe. Methods may block on a store, never on the limit; those of a
 * queue in a store throw {@link QueueUnavailableException} when it cannot be reached. After {@link
 * #close()} every method that reads or changes the queue, its failed queue or its limit throws
 * {@link IllegalStateException}.
 *
 * <p>No argument and no result is null; a null argument is refused with a {@link
 * NullPointerException}. A delay, lease or duration of more than a hundred years counts as one of a
 * hundred years.
 */
public interface EventQueue extends AutoCloseable {

  /** The largest page that the methods which list, redrive or purge take. */
  int MAX_PAGE = 1_000;

  /** Attempts are observed for so many names of types; those that come later are not counted. */
  int MAX_OBSERVED_TYPES = 200;

  /** Pending events are counted for so many types one by one, unless another number is chosen. */
  int COUNTED_TYPES = 1_000;

  /** The largest number that can be chosen. */
  int MAX_COUNTED_TYPES = 100_000;

  /**
   * An {@link #acquire} that is sent again with the same id this soon after its start gets that
   * start. No longer, as whoever starts something so much later than it was counted may start more
   * in a window than the limit permits.
   */
  Duration REMEMBERED_REQUESTS = Duration.ofSeconds(5);

  /** Only the latest so many requests of {@link #acquire} are remembered. */
  int MAX_REMEMBERED_REQUESTS = 1_000;

  /**
   * Returns what its users call this queue: who works on events for somebody else, as Temporal's
   * workers do for managers, compares the names first. Empty, as by default, where it has none.
   * Stays the same, and asks no store.
   */
  default Optional<String> name() {
    return Optional.empty();
  }

  /**
   * Returns what people should know of how this queue is set up, each as a sentence: that the limit
   * in the store is not the one that this process is configured with, for example. Empty, as by
   * default, where there is nothing to say. Asks no store.
   */
  default List<String> notes() {
    return List.of();
  }

  /**
   * Returns the time that the instants in a {@link TakeResult} are in, and in which to wait for
   * them.
   */
  Time time();

  /**
   * Publishes events in this order; all of them or, if an exception is thrown, none.
   *
   * @param terms hold for each of them
   * @throws IllegalArgumentException if an event weighs more than the normal limit's permits; none
   *     is published
   */
  @CanIgnoreReturnValue
  PublishReceipt publish(Collection<AuditEvent> events, PublishTerms terms);

  /**
   * Publishes events under {@link PublishTerms#DEFAULT}.
   *
   * @throws IllegalArgumentException if an event weighs more than the normal limit's permits; none
   *     is published
   */
  @CanIgnoreReturnValue
  default PublishReceipt publish(Collection<AuditEvent> events) {
    return publish(events, PublishTerms.DEFAULT);
  }

  /**
   * Publishes one event.
   *
   * @throws IllegalArgumentException if the event weighs more than the normal limit's permits
   */
  @CanIgnoreReturnValue
  default PublishReceipt publish(AuditEvent event, PublishTerms terms) {
    return publish(List.of(event), terms);
  }

  /**
   * Publishes one event under {@link PublishTerms#DEFAULT}.
   *
   * @throws IllegalArgumentException if the event weighs more than the normal limit's permits
   */
  @CanIgnoreReturnValue
  default PublishReceipt publish(AuditEvent event) {
    return publish(List.of(event));
  }

  /**
   * Takes the next events, as many as are wanted, wait and may start now. First makes due retries
   * and expired leases pending again, a bounded number of them: where more are due at once, the
   * others take their old places only with the takes that follow.
   *
   * <p>An event that the limit has become too small for is moved to the failed queue, so that it
   * does not hold up those behind it.
   */
  TakeResult take(TakeRequest request);

  /**
   * Spends permits on starts that no event is taken for, such as calls that a host makes to the
   * same API by itself: they count in every window as the starts of events do, in the same state,
   * and no event moves. One that is charged in keys of named limits spends from all that it names
   * or from none, in the windows that takes spend from; attempts at once are not counted for it.
   *
   * <p>The requests are decided on in their order; where one must wait, so must those behind it
   * that draw from the same limits and keys, and they get the same answer. What a start turns out
   * not to need of the queue's own limit, {@link #correct(AcquireRequest, AcquireResult.Granted,
   * int)} gives back.
   *
   * <p>A request that is sent again with its id within {@link #REMEMBERED_REQUESTS} of its start
   * gets that start again, and spends nothing, as long as it is among the latest {@link
   * #MAX_REMEMBERED_REQUESTS}; after that it is a new one.
   *
   * <p>{@link io.ratelimit.core.limiter.RateLimiter} waits for permits, and makes the ids.
   *
   * @param requests at most {@link #MAX_PAGE}
   * @return an answer for each, in their order
   * @throws IllegalArgumentException if they are too many, or one is charged in a named limit that
   *     is not set or has no window; nothing was spent for any of them
   */
  List<AcquireResult> acquire(List<AcquireRequest> requests);

  /**
   * Corrects what the attempt of a lease cost in the limits that it paid in: debits more, or gives
   * back. It counts at the time of the attempt's start, as if it had been known then, and stays so
   * whatever becomes of the attempt. To be called before the lease is settled; again, with costs
   * that are known even better, and as often as no answer comes: costs are what the attempt cost in
   * all, and not what it cost since.
   *
   * <p>After a correction no window holds more than its permits by the corrected costs, unless what
   * had started by then was too much already: the receipt tells of that, {@link
   * QueueStats#corrections} counts it, and nothing starts until the window has room again. See
   * {@link io.ratelimit.core.limit.LimitState#corrected}.
   *
   * <p>A {@link Costs.Usage}, which an API told, debits what is used and not counted here; it never
   * gives anything back.
   *
   * @param costs what is not in them stays as it is
   */
  @CanIgnoreReturnValue
  CorrectionReceipt correct(Lease lease, Costs costs);

  /**
   * Corrects what a start cost in the queue's own limit that no event was taken for, as {@link
   * #correct(Lease, Costs)} does.
   *
   * @param request identifies the correction by its id, and says what the start cost before: sent
   *     again within {@link #REMEMBERED_REQUESTS}, it changes nothing
   * @param granted the start
   * @param cost what it cost: 0 to {@value io.ratelimit.core.limit.RateLimit#MAX_PERMITS}; 0 gives
   *     all of it back
   * @throws IllegalArgumentException if the cost is outside its range
   */
  @CanIgnoreReturnValue
  CorrectionReceipt correct(AcquireRequest request, AcquireResult.Granted granted, int cost);

  /** The attempt succeeded: the event is done. */
  Settlement ack(Lease lease);

  /**
   * Acknowledges leases and takes the next events, in one round trip where the queue is in a store.
   * Says what became of each, also where a part of it failed, and throws only what is no {@link
   * RuntimeException}. By default one call of {@link #ack} after the other, and then {@link #take}.
   *
   * @param leases what is done; perhaps none
   */
  default AckedAndTaken ackAndTake(Collection<Lease> leases, TakeRequest request) {
    return AckedAndTaken.inTurn(leases, this::ack, () -> take(request));
  }

  /**
   * Acknowledges leases, in one round trip where the queue is in a store. By default one call of
   * {@link #ack} after the other. If it throws, each may or may not be settled.
   *
   * @return what became of each, in the order given
   */
  default List<Settlement> ackAll(Collection<Lease> leases) {
    return leases.stream().map(this::ack).toList();
  }

  /**
   * The attempt failed, and another is to be made.
   *
   * @param delay how long the event waits before it is pending again; 0 or more
   * @param reason what went wrong
   * @throws IllegalArgumentException if the delay is negative
   */
  Settlement retry(Lease lease, Duration delay, String reason);

  /** The attempt failed for good: the event goes to the failed queue. */
  Settlement fail(Lease lease, String reason);

  /** Gives the event back unprocessed: it is pending again, and the attempt does not count. */
  Settlement release(Lease lease);

  /**
   * Holds the event for longer.
   *
   * @param lease the lease; its token stays valid
   * @param duration how long from now: more than zero
   * @throws IllegalArgumentException if the duration is not more than zero
   */
  Settlement extend(Lease lease, Duration duration);

  /** Returns what the queue holds now. O(priorities + types), never O(events). */
  QueueStats stats();

  /**
   * Returns a page of pending events of one priority, in order.
   *
   * @param afterSequence the last sequence of the page before, or 0 for the first page
   * @param max 1 to {@link #MAX_PAGE}
   * @throws IllegalArgumentException if {@code max} is outside its range
   */
  List<QueuedEvent> peek(Priority priority, long afterSequence, int max);

  /**
   * Returns who holds which events: the leases that end first, in the order of their ends. For
   * people to look at, and for whoever wants to settle an event in another's place.
   *
   * @param max 1 to {@link #MAX_PAGE}
   * @throws IllegalArgumentException if {@code max} is outside its range
   */
  List<Lease> leases(int max);

  /**
   * Discards an event that waits: one that is pending or delayed. An attempt under way is not
   * stopped, and its event stays.
   *
   * @param id the event's id
   */
  Amendment cancel(String id);

  /**
   * Gives an event that waits another priority, until it is finished: one that is pending or
   * delayed. Among those of the new priority it takes its place in the order of publication.
   *
   * @param id the event's id
   */
  Amendment reprioritize(String id, Priority priority);

  /** Discards events that nobody processes now. */
  ClearReceipt clear(ClearScope scope);

  /** Returns the failed queue. */
  FailedQueue failedQueue();

  /** Returns the limit. */
  LimitControl limitControl();

  /** Returns the limits beside it, which hold for some events and by key. */
  NamedLimitControl namedLimitControl();

  /**
   * Calls a listener whenever a take that found nothing may now find something: after a publish, a
   * release, a retry, a redrive, a cancellation, a change of a priority or a change of the limit,
   * by any client. Calls come from any thread and must return at once; one may be lost, and one may
   * come without a reason. What a listener throws is logged, and changes nothing for the caller or
   * other listeners.
   */
  Subscription onChange(Runnable listener);

  /**
   * Returns for how long now to trust that nothing waits, or that starts are paused, should {@link
   * #onChange} not tell of a change: more than zero. By default 2 seconds. Where many wait for one
   * store, each asks less often, as any of them finds what the others did not hear of.
   */
  default Duration pollInterval() {
    return Duration.ofSeconds(2);
  }

  /** Lets go of resources; events stay where they are kept. Closing again does nothing. */
  @Override
  void close();
}
