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
 * then <em>leased</em> to its taker, then done, or <em>delayed</em> until its retry and pending
 * again, or <em>failed</em>. Guarantees that every implementation gives, and that {@code
 * EventQueueContract} in ratelimit-testkit checks:
 *
 * <ul>
 *   <li><b>Limit.</b> Takes, and starts without an event, together obey {@link
 *       io.ratelimit.core.limit.LimitState}, over all clients.
 *   <li><b>Named limits.</b> An event to which {@link Limits} apply is handed out only when all of
 *       them admit it, and takes from all of them in the same step. An event that a key does not
 *       admit stands aside, and holds up no event of another key.
 *   <li><b>Order.</b> Strictly by {@link Priority}, within a priority by publication. An event that
 *       comes back (retried, released, reclaimed, redriven) takes its old place. With aging, if the
 *       implementation offers it, an event rises by one priority for each interval that it has
 *       waited; of two events that are then equally urgent, the one with the higher original
 *       priority is first. Events that named limits charge are in order among those of the same
 *       priority and the same keys. These combinations of keys, and the events without a charge as
 *       one of them, take turns: the first event of a combination waits for at most one start of
 *       each other one that may start, however many events wait there.
 *   <li><b>At least once.</b> A lease that is not settled in time expires, and its event is pending
 *       again. Only the lease that holds an event can settle it, so no event is done twice.
 *   <li><b>Conservation.</b> Every accepted event is in exactly one state, see {@link QueueStats}.
 *   <li><b>Identity.</b> An id that is unfinished (pending, delayed or leased) is accepted only
 *       once; after that again, unless {@link PublishTerms#withDedupAfterDone} says otherwise.
 *   <li><b>Observation.</b> How long attempts take, from take to settlement by the queue's clock,
 *       and how many fail, is counted by the name of the event's type, see {@link
 *       QueueStats#observed}: an {@link #ack}, a {@link #retry} or a {@link #fail} counts; a {@link
 *       #release} and an expired lease do not. Beyond {@link #MAX_OBSERVED_TYPES} names, later ones
 *       are not counted. Counts stay when the queue is cleared.
 * </ul>
 *
 * <p>Implementations are thread-safe. Methods may block on a store, but never on the limit; a queue
 * in a store throws {@link QueueUnavailableException} when it cannot be reached. After {@link
 * #close()} every method that reads or changes the queue, its failed queue or its limit throws
 * {@link IllegalStateException}.
 *
 * <p>No argument and no result is null; a null argument causes a {@link NullPointerException}. A
 * delay, lease or duration of more than a hundred years counts as a hundred years.
 */
public interface EventQueue extends AutoCloseable {

  /** The maximum page size of the methods that list, redrive or purge. */
  int MAX_PAGE = 1_000;

  /**
   * The maximum number of type names for which attempts are observed; later ones are not counted.
   */
  int MAX_OBSERVED_TYPES = 200;

  /** The default number of types whose pending events are counted one by one. */
  int COUNTED_TYPES = 1_000;

  /** The maximum number of types whose pending events can be counted one by one. */
  int MAX_COUNTED_TYPES = 100_000;

  /**
   * How long after its start a repeated {@link #acquire} with the same id still gets that start. It
   * is no longer, because a call so much later than its start was counted could exceed the limit in
   * a window.
   */
  Duration REMEMBERED_REQUESTS = Duration.ofSeconds(5);

  /** How many of the latest requests of {@link #acquire} are remembered. */
  int MAX_REMEMBERED_REQUESTS = 1_000;

  /**
   * Returns the name of this queue. Temporal's workers compare it with the name that a manager
   * means. Empty by default, if the queue has no name. Never changes, and does not access the
   * store.
   */
  default Optional<String> name() {
    return Optional.empty();
  }

  /**
   * Returns notes for people about the setup of this queue, one sentence each, for example that the
   * limit in the store differs from the configured one. Empty by default. Does not access the
   * store.
   */
  default List<String> notes() {
    return List.of();
  }

  /**
   * Returns the time that the instants in a {@link TakeResult} refer to; wait for them by this
   * time.
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
   * Takes the next events: as many as are requested, waiting and allowed to start now. First makes
   * due retries and expired leases pending again, up to a bounded number; if more are due at once,
   * later takes restore the others to their old places.
   *
   * <p>If the limit has become too small for an event, the event moves to the failed queue, so that
   * it does not hold up those behind it.
   */
  TakeResult take(TakeRequest request);

  /**
   * Spends permits on starts without an event, such as other calls of a host to the same API. They
   * count in every window like the starts of events, in the same state, and no event moves. A start
   * with charges in named limits takes from all of them or from none, in the same windows as takes;
   * it does not count as an attempt in flight.
   *
   * <p>The requests are decided in their order. If one must wait, so must those behind it that use
   * the same limits and keys, and they get the same answer. To give back permits of the queue's own
   * limit that a start turns out not to need, call {@link #correct(AcquireRequest,
   * AcquireResult.Granted, int)}.
   *
   * <p>A request that is repeated with its id within {@link #REMEMBERED_REQUESTS} of its start gets
   * that start again, and spends nothing, as long as it is among the latest {@link
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
   * Corrects the cost of a lease's attempt in the limits that it paid in: debits more, or gives
   * back. The correction counts at the time of the attempt's start, as if it had been known then,
   * whatever the outcome of the attempt. Call it before the lease is settled. You may call it again
   * with better costs, or if there was no answer, because costs are the total of the attempt, not
   * the difference to the last call.
   *
   * <p>After a correction no window holds more than its permits by the corrected costs, unless the
   * starts made until then were already too many. In that case the receipt says so, {@link
   * QueueStats#corrections} counts it, and nothing starts until the window has room again. See
   * {@link io.ratelimit.core.limit.LimitState#corrected}.
   *
   * <p>A {@link Costs.Usage} that an API reported debits what is used but not counted here; it
   * never gives anything back.
   *
   * @param costs the corrected costs; all others stay as they are
   */
  @CanIgnoreReturnValue
  CorrectionReceipt correct(Lease lease, Costs costs);

  /**
   * Corrects the cost of a start without an event in the queue's own limit, as {@link
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

  /** Settles a lease after a success: the event is done. */
  Settlement ack(Lease lease);

  /**
   * Acknowledges leases and takes the next events, in one round trip if the queue is in a store.
   * Returns the result of each part even if another part failed, and throws only errors that are
   * not {@link RuntimeException}s. By default, calls {@link #ack} for each lease, and then {@link
   * #take}.
   *
   * @param leases the leases whose events are done; may be empty
   */
  default AckedAndTaken ackAndTake(Collection<Lease> leases, TakeRequest request) {
    return AckedAndTaken.inTurn(leases, this::ack, () -> take(request));
  }

  /**
   * Acknowledges leases, in one round trip if the queue is in a store. By default, calls {@link
   * #ack} for each. If it throws, each lease may or may not be settled.
   *
   * @return the settlement of each, in the given order
   */
  default List<Settlement> ackAll(Collection<Lease> leases) {
    return leases.stream().map(this::ack).toList();
  }

  /**
   * Settles a lease after a failure: the event will be retried.
   *
   * @param delay how long the event waits before it is pending again; 0 or more
   * @param reason what went wrong
   * @throws IllegalArgumentException if the delay is negative
   */
  Settlement retry(Lease lease, Duration delay, String reason);

  /** Settles a lease after a permanent failure: the event goes to the failed queue. */
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
   * Returns the leases that expire first, in the order of their expiry. For displays, and for
   * settling an event in place of its worker.
   *
   * @param max 1 to {@link #MAX_PAGE}
   * @throws IllegalArgumentException if {@code max} is outside its range
   */
  List<Lease> leases(int max);

  /**
   * Discards a waiting event (pending or delayed). An attempt under way is not stopped, and its
   * event stays.
   *
   * @param id the event's id
   */
  Amendment cancel(String id);

  /**
   * Changes the priority of a waiting event (pending or delayed), until it is finished. Within the
   * new priority, the event takes its place in the order of publication.
   *
   * @param id the event's id
   */
  Amendment reprioritize(String id, Priority priority);

  /** Discards events that are not being processed. */
  ClearReceipt clear(ClearScope scope);

  /** Returns the failed queue. */
  FailedQueue failedQueue();

  /** Returns the limit. */
  LimitControl limitControl();

  /** Returns the control of the named limits. */
  NamedLimitControl namedLimitControl();

  /**
   * Calls a listener whenever a take that found nothing may now find something earlier than its
   * answer said: after a publish, a release, a retry, the end of an attempt that others waited for,
   * a lease that is made to end earlier, a redrive, a cancellation, a clear, a change of a
   * priority, a correction that gives permits back or a change of a limit, by any client. A demand
   * whose end is moved wakes nobody: no answer looks beyond that end. Calls come from any thread
   * and must return at once; a call may be lost, or come without a reason. An exception of a
   * listener is logged and does not affect the caller or other listeners.
   */
  Subscription onChange(Runnable listener);

  /**
   * Returns how long a caller should trust that nothing waits, or that starts are paused, in case
   * {@link #onChange} misses a change: more than zero, 2 seconds by default. If many callers wait
   * for one store, each of them asks less often, because any of them finds what the others missed.
   */
  default Duration pollInterval() {
    return Duration.ofSeconds(2);
  }

  /** Releases resources; events stay in the store. Closing again does nothing. */
  @Override
  void close();

  /** A registered listener; closing it ends the calls. Closing again does nothing. */
  @FunctionalInterface
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** The result of a request to change a waiting event. */
  enum Amendment {
    /** The change was made. */
    MADE,
    /** The event is unchanged, because it is being processed. */
    LEASED,
    /** No unfinished event has this id. */
    NOT_FOUND
  }

  /** Which events to discard. Leased events are held by a worker and are never discarded. */
  enum ClearScope {
    /** Waiting events: pending and delayed. */
    PENDING,
    /** Those in the failed queue. */
    FAILED,
    /** Both. */
    ALL;

    /** Returns whether waiting events are included. */
    public boolean includesPending() {
      return this != FAILED;
    }

    /** Returns whether failed events are included. */
    public boolean includesFailed() {
      return this != PENDING;
    }
  }

  /**
   * How many events were discarded, by their state.
   *
   * @param pending events that waited for a worker
   * @param delayed events that waited for a retry or a delayed start
   * @param failed events in the failed queue
   */
  record ClearReceipt(long pending, long delayed, long failed) {

    /** Returns all of them. */
    public long total() {
      return pending + delayed + failed;
    }
  }
}
