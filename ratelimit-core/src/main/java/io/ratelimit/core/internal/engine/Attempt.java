package io.ratelimit.core.internal.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An attempt, from the moment when its event is taken. It runs in a lane, for which it may wait.
 * Its thread can be interrupted only while the thread calls the handler. The attempt ends only
 * once: when its handler is done or when it is abandoned. Thread-safe.
 */
final class Attempt implements AttemptContext {

  /** Why an attempt was interrupted. */
  enum Cause {
    TIMED_OUT,
    LEASE_LOST,
    STOPPED
  }

  /** The longest that an attempt can be extended to. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private final Lease lease;
  private final Duration timeout;
  private final Time time;
  private final Executor cancelling;
  // Written by one thread at a time, and read without a lock because there are many attempts a
  // second.
  private volatile @Nullable Lane lane;
  private volatile Instant startedAt = Instant.MAX;
  private volatile Costs costs = Costs.asReserved();
  private volatile Optional<Cause> interruptedFor = Optional.empty();
  private final List<Runnable> onCancel = new ArrayList<>();
  private @Nullable Instant extended;
  private Instant leaseExpiresAt;
  private @Nullable Thread thread;
  private Optional<Instant> interruptedAt = Optional.empty();
  private boolean begun;
  private boolean waitsForBatch;
  private boolean ended;

  /**
   * @param timeout how long the attempt may take in its lane
   * @param cancelling runs the actions on a cancellation, and logs their exceptions
   */
  Attempt(Lease lease, Duration timeout, Time time, Executor cancelling) {
    this.lease = lease;
    this.timeout = timeout;
    this.time = time;
    this.cancelling = cancelling;
    this.leaseExpiresAt = lease.expiresAt();
  }

  /** Gives the attempt its lane: its timeout counts from now on. */
  void enter(Lane itsLane) {
    startedAt = time.now();
    lane = itsLane;
  }

  /** Returns whether the attempt has a lane. */
  boolean isInLane() {
    return lane != null;
  }

  Lease lease() {
    return lease;
  }

  /** Returns the lane of an attempt that has one. */
  Lane lane() {
    return requireNonNull(lane, "lane");
  }

  /** Returns when the attempt got its lane. */
  Instant startedAt() {
    return startedAt;
  }

  @Override
  public AuditEvent event() {
    return lease.event();
  }

  @Override
  public int attempt() {
    return lease.attempt();
  }

  @Override
  public Instant publishedAt() {
    return lease.publishedAt();
  }

  @Override
  public synchronized Instant deadline() {
    Instant later = extended;
    if (later != null) {
      return later;
    }
    return isInLane() ? startedAt.plus(timeout) : Instant.MAX;
  }

  @Override
  public synchronized Instant leaseExpiresAt() {
    return leaseExpiresAt;
  }

  synchronized void leaseExtended(Instant until) {
    leaseExpiresAt = until;
  }

  @Override
  public synchronized Instant extend(Duration longer) {
    Instant wanted = time.now().plus(Requirements.positive("time", longer));
    Instant latest = startedAt.plus(timeout.compareTo(LONGEST) < 0 ? LONGEST : timeout);
    Instant allowed = wanted.isBefore(latest) ? wanted : latest;
    if (allowed.isAfter(deadline())) {
      extended = allowed;
    }
    return deadline();
  }

  @Override
  public boolean isCancelled() {
    return interruptedFor.isPresent();
  }

  @Override
  public void onCancel(Runnable action) {
    requireNonNull(action, "action");
    synchronized (this) {
      if (interruptedFor.isEmpty()) {
        onCancel.add(action);
        return;
      }
    }
    cancelling.execute(action);
  }

  @Override
  public synchronized void cost(int permits) {
    costs = ended ? costs : costs.withPermits(permits);
  }

  @Override
  public synchronized void cost(String limit, int cost) {
    costs = ended ? costs : costs.with(limit, cost);
  }

  @Override
  public synchronized void used(Costs.Usage usage) {
    costs = ended ? costs : costs.with(usage);
  }

  /** Returns the costs that the handler corrected. */
  Costs costs() {
    return costs;
  }

  /**
   * Begins the attempt in the calling thread.
   *
   * @return false if it has already begun or ended
   */
  synchronized boolean begin() {
    boolean first = !begun && !ended;
    begun = true;
    if (first) {
      thread = Thread.currentThread();
    }
    return first;
  }

  /** Returns whether a thread has begun the attempt. */
  synchronized boolean hasBegun() {
    return begun;
  }

  /** Notes that the handler is being called with the batch. */
  synchronized void batchBegins() {
    waitsForBatch = false;
  }

  /** Notes that the handler gets the event later, in a batch. */
  synchronized void joinsBatch() {
    waitsForBatch = true;
  }

  /** Returns whether the handler has received the event. */
  synchronized boolean isWithHandler() {
    return begun && !waitsForBatch;
  }

  /**
   * Notes that the handler has returned: an interrupt must not affect what this thread does next.
   */
  synchronized void called() {
    thread = null;
    boolean unused = Thread.interrupted();
  }

  /** Interrupts the handler, unless the attempt has ended or was interrupted before. */
  void interrupt(Cause cause, Instant now) {
    List<Runnable> actions;
    synchronized (this) {
      if (ended || interruptedFor.isPresent()) {
        return;
      }
      interruptedFor = Optional.of(cause);
      interruptedAt = Optional.of(now);
      if (thread != null) {
        thread.interrupt();
      }
      actions = List.copyOf(onCancel);
      onCancel.clear();
    }
    actions.forEach(cancelling::execute);
  }

  Optional<Cause> interruptedFor() {
    return interruptedFor;
  }

  /** Returns when the attempt was interrupted; empty if it was not. */
  synchronized Optional<Instant> interruptedAt() {
    return interruptedAt;
  }

  /**
   * Ends the attempt.
   *
   * @return whether the caller has ended it, and so is the only one to settle it
   */
  synchronized boolean end() {
    boolean first = !ended;
    ended = true;
    onCancel.clear();
    return first;
  }
}
