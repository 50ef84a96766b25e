package io.ratelimit.core.internal.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;

/**
 * Extends the leases of running attempts, three times per lease duration. The leases that expire
 * first come first. If there are many, several threads extend them, so that the last ones do not
 * expire while a slow store answers.
 */
final class LeaseKeeper implements Loop.Task {

  private static final int EXTENSIONS_PER_LEASE = 3;

  /** One thread extends this many within 2 s, even at 100 ms each. */
  private static final int LEASES_PER_THREAD = 16;

  private static final int MAX_THREADS = 32;

  private final EventQueue queue;
  private final Attempts attempts;
  private final Duration lease;
  private final Executor helpers;
  private volatile Instant extendedAt;

  /**
   * @param helpers provides threads to extend several leases at the same time
   */
  LeaseKeeper(EventQueue queue, Attempts attempts, Duration lease, Executor helpers) {
    this.queue = queue;
    this.attempts = attempts;
    this.lease = lease;
    this.helpers = helpers;
    this.extendedAt = queue.time().now();
  }

  /** Notes that there are attempts again, all with new leases. */
  void begin() {
    extendedAt = queue.time().now();
  }

  /**
   * Returns whether leases may have expired because the process was suspended and nobody extended
   * them.
   */
  boolean isOverdue(Instant now) {
    return extendedAt.isBefore(now.minus(interval(lease).multipliedBy(2)));
  }

  @Override
  public Instant run() throws InterruptedException {
    Instant now = queue.time().now();
    try {
      extendAll(now);
    } finally {
      // Not earlier: a thread that takes in the meantime must still see them as overdue. Set it
      // even after a failure, so that nobody tries again at once.
      extendedAt = now;
    }
    return now.plus(interval(lease));
  }

  private void extendAll(Instant now) throws InterruptedException {
    List<Attempt> running = new ArrayList<>(attempts.running());
    running.sort(Comparator.comparing(Attempt::leaseExpiresAt));
    Queue<Attempt> left = new ConcurrentLinkedQueue<>(running);
    List<FutureTask<Void>> shares = share(left, running.size(), now);
    FutureTask<Void> own = new FutureTask<>(() -> extendAll(left, now), null);
    shares.add(own);
    own.run();
    FirstFailure failure = new FirstFailure();
    for (FutureTask<Void> share : shares) {
      await(share);
      try {
        Void unused = share.get();
      } catch (ExecutionException thrown) {
        failure.keep(requireNonNull(thrown.getCause(), "cause"));
      }
    }
    failure.rethrow();
  }

  /** Returns the interval between extensions of a lease. */
  static Duration interval(Duration lease) {
    return lease.dividedBy(EXTENSIONS_PER_LEASE);
  }

  /** Lets other threads extend leases as well; fewer if no more threads are available. */
  private List<FutureTask<Void>> share(Queue<Attempt> left, int leases, Instant now) {
    List<FutureTask<Void>> shares = new ArrayList<>();
    Thread waiter = Thread.currentThread();
    int threads = Math.min(MAX_THREADS, leases / LEASES_PER_THREAD);
    while (shares.size() < threads - 1) {
      FutureTask<Void> share = new FutureTask<>(() -> extendAll(left, now), null);
      try {
        helpers.execute(() -> help(share, waiter));
      } catch (RejectedExecutionException | OutOfMemoryError noThread) {
        break;
      }
      shares.add(share);
    }
    return shares;
  }

  private void help(FutureTask<Void> share, Thread waiter) {
    share.run();
    queue.time().unpark(waiter);
  }

  /**
   * Waits by the queue's time: in virtual time, where threads take turns, the helpers get theirs.
   */
  private void await(FutureTask<Void> share) {
    while (!share.isDone()) {
      queue.time().parkUntil(Instant.MAX);
      // Interrupts mean nothing here, and would keep the thread from parking.
      Thread.interrupted();
    }
  }

  private void extendAll(Queue<Attempt> left, Instant now) {
    FirstFailure failure = new FirstFailure();
    try {
      for (Attempt attempt = left.poll(); attempt != null; attempt = left.poll()) {
        Attempt next = attempt;
        // A lease that cannot be extended does not affect the others.
        failure.keep(() -> extend(next, now));
      }
    } catch (QueueUnavailableException unavailable) {
      // The queue would not answer for the others either.
      left.clear();
      throw unavailable;
    }
    failure.rethrow();
  }

  private void extend(Attempt attempt, Instant now) {
    if (queue.extend(attempt.lease(), lease) == Settlement.STALE_LEASE) {
      attempt.interrupt(Attempt.Cause.LEASE_LOST, now);
    } else {
      attempt.leaseExtended(now.plus(lease));
    }
  }
}
