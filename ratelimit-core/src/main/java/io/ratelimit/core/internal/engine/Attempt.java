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
 * An attempt, from the moment in which its event is taken for it. It is made in a lane, for which
 * it may wait. Its handler's thread can be interrupted only while the handler is called in it, and
 * the attempt ends only once: when its handler is done, or by whoever abandons it. Thread-safe.
 */
final class Attempt implements AttemptContext {

  /** Why an attempt was interrupted. */
  enum Cause {
    TIMED_OUT,
    LEASE_LOST,
    STOPPED
  }

  /** How far an attempt can be extended. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private final Lease lease;
  private final Duration timeout;
  private final Time time;
  private final Executor cancelling;
  // Written by one at a time, and read by anybody without waiting: there are many attempts a
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
   * @param timeout how long it may take in its lane
   * @param cancelling does what is to be done on a cancellation, and logs what that throws
   */
  Attempt(Lease lease, Duration timeout, Time time, Executor cancelling) {
    this.lease = lease;
    this.timeout = timeout;
    this.time = time;
    this.cancelling = cancelling;
    this.leaseExpiresAt = lease.expiresAt();
  }

  /** Gets its lane: from now on its time runs. */
  void enter(Lane itsLane) {
    startedAt = time.now();
    lane = itsLane;
  }

  /** Returns whether it has a lane. */
  boolean isInLane() {
    return lane != null;
  }

  Lease lease() {
    return lease;
  }

  /** Returns its lane, which it has. */
  Lane lane() {
    return requireNonNull(lane, "lane");
  }

  /** Returns when it got its lane. */
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

  /** Returns what it cost, as far as its handler knows better than the queue. */
  Costs costs() {
    return costs;
  }

  /**
   * Begins the attempt in the calling thread.
   *
   * @return whether it has not begun or ended before
   */
  synchronized boolean begin() {
    boolean first = !begun && !ended;
    begun = true;
    if (first) {
      thread = Thread.currentThread();
    }
    return first;
  }

  /** Returns whether a thread was had for it. */
  synchronized boolean hasBegun() {
    return begun;
  }

  /** The handler is called with the batch that it has joined, and not before. */
  synchronized void batchBegins() {
    waitsForBatch = false;
  }

  /** The handler will be called with a batch. */
  synchronized void joinsBatch() {
    waitsForBatch = true;
  }

  /** Returns whether the handler has been given the event. */
  synchronized boolean isWithHandler() {
    return begun && !waitsForBatch;
  }

  /** The handler was called: an interrupt must not hit what this thread does next. */
  synchronized void called() {
    thread = null;
    boolean unused = Thread.interrupted();
  }

  /** Interrupts the handler if the attempt has not ended, and was not interrupted before. */
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

  /** Since when the handler has been ignoring that it was interrupted. */
  synchronized Optional<Instant> interruptedAt() {
    return interruptedAt;
  }

  /**
   * Ends the attempt.
   *
   * @return whether it had not ended before: the caller, and nobody else, has to settle it
   */
  synchronized boolean end() {
    boolean first = !ended;
    ended = true;
    onCancel.clear();
    return first;
  }
}
