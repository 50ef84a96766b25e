package io.ratelimit.core.limiter;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.limiter.QueueRateLimiter;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * An exact rate limit for calls without an event. In no half-open interval of the length of the
 * limit's {@linkplain RateLimit#window() window} do more starts (by permits) begin than the limit
 * has permits, see {@link io.ratelimit.core.limit.LimitState}. If callers wait, the next one starts
 * at the earliest moment that this allows.
 *
 * <p>The limiter {@linkplain #of of a queue} takes permits from the queue's own limit: its grants
 * and the queue's takes together obey that limit, over all processes of the queue.
 *
 * <p>The guarantee applies to the moment of the grant, by the clock of the queue. Start at once;
 * {@link RateLimit#withMargin} absorbs a delay. A granted permit is spent, whether or not it is
 * used, unless it is {@linkplain #giveBack given back}.
 *
 * <p><b>By name and key.</b> {@link Charges} take from the queue's named limits, and from its own
 * limit only if they say so. A caller that waits for a closed key holds up no caller that waits for
 * other keys. Any number of keys needs only one connection, and no thread each.
 *
 * <p><b>Order.</b> Callers of one limiter that wait for the same limits and keys get their permits
 * in the order in which they asked; none overtakes another. There is no order between two limiters,
 * between callers of different keys, or between a limiter and the takes of a queue: a caller that
 * wants many permits at once may wait long while others take one at a time.
 *
 * <p><b>Giving up.</b> A caller that is interrupted, or cancels its future, gives up its place, and
 * nothing is spent for it. If its permits were being granted at that moment, the next caller that
 * waits for the same number gets them; if there is none, they are spent.
 *
 * <p><b>A store that cannot be reached.</b> Callers keep waiting, and ask again as soon as
 * possible; a repeated request pays once, see {@link EventQueue#acquire}. A caller without an
 * answer at the end of its wait gets the {@link io.ratelimit.core.queue.QueueUnavailableException}.
 *
 * <p>Thread-safe. All waiting callers share one thread, which sleeps until the exact moment of the
 * next start and ends when no caller waits.
 */
public interface RateLimiter extends AutoCloseable {

  /** Creates a limiter in this JVM's memory, in real time, without any earlier starts. */
  static RateLimiter inMemory(RateLimit limit) {
    return inMemory(limit, Time.system());
  }

  /**
   * Creates a limiter in this JVM's memory, without any earlier starts.
   *
   * @param time the time that it uses
   */
  static RateLimiter inMemory(RateLimit limit, Time time) {
    return QueueRateLimiter.owning(InMemoryEventQueue.builder(limit).time(time).build());
  }

  /**
   * Creates a limiter that takes permits from the limit of a queue. Share one among all callers of
   * a process, because each limiter keeps only the order of its own callers.
   *
   * @param queue stays open when the limiter is closed
   */
  static RateLimiter of(EventQueue queue) {
    return QueueRateLimiter.lent(queue);
  }

  /** Acquires one permit if it may be used now; see {@link #tryAcquire(Charges)}. */
  default AcquireResult tryAcquire() {
    return tryAcquire(1);
  }

  /**
   * Acquires permits of the queue's own limit if they may be used now.
   *
   * @param permits what the start costs: 1 to {@value RateLimit#MAX_PERMITS}
   * @throws IllegalArgumentException if the number of permits is outside its range
   */
  default AcquireResult tryAcquire(int permits) {
    return tryAcquire(Charges.permits(permits));
  }

  /**
   * Acquires what one start costs if it may be made now: from all of the limits and keys that it is
   * charged in, or from none. Never waits for the limits, but may wait for the store. Behind
   * callers that wait for the same limits and keys, it may not.
   *
   * @throws IllegalArgumentException if it is charged in a limit that is not set, or that has no
   *     window
   * @throws io.ratelimit.core.queue.QueueUnavailableException if the store did not answer; the
   *     permits may have been spent
   * @throws IllegalStateException if the limiter or its queue is closed
   */
  AcquireResult tryAcquire(Charges charges);

  /** Acquires one permit, and waits as long as necessary; see {@link #acquire(Charges)}. */
  @CanIgnoreReturnValue
  default AcquireResult.Granted acquire() throws InterruptedException {
    return acquire(1);
  }

  /**
   * Acquires permits of the queue's own limit, and waits as long as necessary.
   *
   * @param permits what the start costs: 1 to {@value RateLimit#MAX_PERMITS}
   * @throws IllegalArgumentException if the number of permits is outside its range, or the normal
   *     limit has fewer
   * @throws InterruptedException if the thread is interrupted; it has given up
   * @throws IllegalStateException if the limiter or its queue is closed
   */
  @CanIgnoreReturnValue
  default AcquireResult.Granted acquire(int permits) throws InterruptedException {
    return acquire(Charges.permits(permits));
  }

  /**
   * Acquires the permits for one start, and blocks until the start may be made.
   *
   * @throws IllegalArgumentException if a limit never admits so much, is not set, or has no window
   * @throws InterruptedException if the thread is interrupted; it has given up
   * @throws IllegalStateException if the limiter or its queue is closed
   */
  @CanIgnoreReturnValue
  default AcquireResult.Granted acquire(Charges charges) throws InterruptedException {
    AcquireResult result = acquire(charges, Requirements.LONGEST);
    if (result instanceof AcquireResult.Granted granted) {
      return granted;
    } else if (result instanceof AcquireResult.Never never) {
      throw new IllegalArgumentException(
          "a start that costs "
              + never.permits()
              + never
                  .key()
                  .map(key -> " in the limit " + key + " can never be made: it admits ")
                  .orElse(" permits can never be made: the limit has ")
              + never.most());
    }
    throw new IllegalStateException("nothing may start for a hundred years: " + result);
  }

  /**
   * Acquires permits of the queue's own limit, and waits at most this long; see {@link
   * #acquire(Charges, Duration)}.
   *
   * @param permits what the start costs: 1 to {@value RateLimit#MAX_PERMITS}
   * @param atMost how long to wait: 0 or more
   * @throws IllegalArgumentException if a value is outside its range
   * @throws InterruptedException if the thread is interrupted; it has given up
   */
  default AcquireResult acquire(int permits, Duration atMost) throws InterruptedException {
    return acquire(Charges.permits(permits), atMost);
  }

  /**
   * Acquires the permits for one start, and blocks until the start may be made or the wait is over.
   * If the start cannot be made within the wait, returns at once; a later change of the limit might
   * still have made it possible.
   *
   * @param atMost how long to wait: 0 or more
   * @return {@link AcquireResult.Granted}, or why there was no permit in that time
   * @throws IllegalArgumentException if the wait is negative, or a limit is not set or has no
   *     window
   * @throws InterruptedException if the thread is interrupted; it has given up
   * @throws io.ratelimit.core.queue.QueueUnavailableException if the store did not answer until
   *     then; the permits may have been spent
   * @throws IllegalStateException if the limiter or its queue is closed
   */
  AcquireResult acquire(Charges charges, Duration atMost) throws InterruptedException;

  /**
   * Acquires permits of the queue's own limit, and does not block; see {@link
   * #acquireAsync(Charges, Duration)}.
   *
   * @param permits what the start costs: 1 to {@value RateLimit#MAX_PERMITS}
   * @param atMost how long to wait: 0 or more
   * @throws IllegalArgumentException if a value is outside its range
   */
  default CompletableFuture<AcquireResult> acquireAsync(int permits, Duration atMost) {
    return acquireAsync(Charges.permits(permits), atMost);
  }

  /**
   * Acquires the permits for one start as {@link #acquire(Charges, Duration)} does, without
   * blocking. A failure during the wait completes the future exceptionally.
   *
   * @return a future that is completed in the limiter's thread, so dependent actions must return at
   *     once or use another thread; {@linkplain CompletableFuture#cancel cancel it} to give up
   * @throws IllegalArgumentException if the wait is negative
   * @throws IllegalStateException if the limiter is closed
   */
  CompletableFuture<AcquireResult> acquireAsync(Charges charges, Duration atMost);

  /**
   * Corrects the cost of a start in the queue's own limit, once it is known: debits more, or gives
   * back. The correction counts at the time of the start, see {@link
   * EventQueue#correct(AcquireRequest, AcquireResult.Granted, int)}. The start must come from this
   * limiter; a further correction must name the cost reported last.
   *
   * @param granted the start
   * @param permits what it cost when it was granted
   * @param cost what it actually cost: 0 to {@value RateLimit#MAX_PERMITS}
   * @throws IllegalArgumentException if a value is outside its range
   * @throws io.ratelimit.core.queue.QueueUnavailableException if the store did not answer; the
   *     correction may have been made
   * @throws IllegalStateException if the limiter or its queue is closed
   */
  @CanIgnoreReturnValue
  CorrectionReceipt correct(AcquireResult.Granted granted, int permits, int cost);

  /**
   * Gives back the permits of the queue's own limit for a start that was not made after all: others
   * get them as if they had never been spent. This way, permits can be reserved and canceled.
   *
   * @param granted the start
   * @param permits what it cost
   * @throws IllegalArgumentException if the number of permits is outside its range
   * @throws io.ratelimit.core.queue.QueueUnavailableException if the store did not answer; the
   *     permits may have been given back
   * @throws IllegalStateException if the limiter or its queue is closed
   */
  @CanIgnoreReturnValue
  default CorrectionReceipt giveBack(AcquireResult.Granted granted, int permits) {
    return correct(granted, permits, 0);
  }

  /** Returns the control that reads, changes and pauses the limit. */
  LimitControl limitControl();

  /** Returns the control that reads and changes the named limits and pauses their keys. */
  NamedLimitControl namedLimitControl();

  /** Returns the time that the instants in an {@link AcquireResult} refer to. */
  Time time();

  /**
   * Ends the waiting of all callers with an {@link IllegalStateException}. Closing again does
   * nothing.
   */
  @Override
  void close();
}
