package io.ratelimit.core.limiter;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.limiter.QueueRateLimiter;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * An exact rate limit for calls that no event stands for. In no half-open interval of the length of
 * the limit's {@linkplain RateLimit#window() window} do more starts (by permits) begin than the
 * limit has permits, see {@link io.ratelimit.core.limit.LimitState}; and where callers wait, the
 * next one starts at the earliest moment that this allows.
 *
 * <p>The limiter {@linkplain #of of a queue} draws from the queue's own limit: what it grants and
 * what the queue's takes start obey that limit together, over all processes of the queue.
 *
 * <p>The guarantee is on the moment of the grant, by the clock of the queue. Start at once; {@link
 * RateLimit#withMargin} absorbs what a start may be late. A permit that was granted is spent,
 * whether or not it is used.
 *
 * <p><b>By name and key.</b> {@link Charges} draw from the queue's named limits, and from its own
 * limit only if they say so. Who waits for a key that is closed holds up nobody who waits for
 * others, and however many keys there are, they need one connection and no thread each.
 *
 * <p><b>Order.</b> Callers of one limiter that wait for the same limits and keys get their permits
 * in the order in which they asked, and nobody of them overtakes. Between two limiters, between
 * callers of different keys, and between a limiter and the takes of a queue, there is no order: a
 * caller who wants many permits at once may wait long while others take one at a time.
 *
 * <p><b>Giving up.</b> A caller that is interrupted, or cancels its future, gives up its place, and
 * nothing is spent for it. If its permits were being granted at that moment, the next caller that
 * waits for as many gets them; without one, they are spent.
 *
 * <p><b>A store that is away.</b> Who waits goes on waiting, and asks again as soon as it can; a
 * request that is sent again pays once, see {@link EventQueue#acquire}. Who is still without an
 * answer at the end of the wait gets the {@link io.ratelimit.core.queue.QueueUnavailableException}.
 *
 * <p>Thread-safe. All who wait share one thread, which ends when nobody waits, and sleeps until the
 * exact moment of the next start.
 */
public interface RateLimiter extends AutoCloseable {

  /** Creates a limiter in this JVM's memory, in real time, before which nothing was started. */
  static RateLimiter inMemory(RateLimit limit) {
    return inMemory(limit, Time.system());
  }

  /**
   * Creates a limiter in this JVM's memory, before which nothing was started.
   *
   * @param time the time that it lives in
   */
  static RateLimiter inMemory(RateLimit limit, Time time) {
    return QueueRateLimiter.owning(InMemoryEventQueue.builder(limit).time(time).build());
  }

  /**
   * Creates a limiter that draws from the limit of a queue. Use one for all callers of a process:
   * each keeps the order of its own callers only.
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

  /** Acquires one permit, for as long as that takes; see {@link #acquire(Charges)}. */
  @CanIgnoreReturnValue
  default AcquireResult.Granted acquire() throws InterruptedException {
    return acquire(1);
  }

  /**
   * Acquires permits of the queue's own limit, for as long as that takes.
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
   * Acquires what one start costs, and blocks until it may be made, for as long as that takes.
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
   * Acquires permits of the queue's own limit, and waits at most so long; see {@link
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
   * Acquires what one start costs, and blocks until it may be made, or until the wait is over. Who
   * cannot be first before that is told so at once: a change of the limit may then still make it
   * possible.
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
   * Acquires what one start costs as {@link #acquire(Charges, Duration)} does, and does not block.
   * What it throws while it waits completes the future exceptionally.
   *
   * @return completed in the limiter's thread, so that what depends on it must return at once or
   *     use another thread; {@linkplain CompletableFuture#cancel cancel it} to give up
   * @throws IllegalArgumentException if the wait is negative
   * @throws IllegalStateException if the limiter is closed
   */
  CompletableFuture<AcquireResult> acquireAsync(Charges charges, Duration atMost);

  /** Returns what reads, changes and pauses the limit. */
  LimitControl limitControl();

  /** Returns what reads and changes the named limits, and pauses their keys. */
  NamedLimitControl namedLimitControl();

  /** Returns the time that the instants in an {@link AcquireResult} are in. */
  Time time();

  /**
   * Ends the waiting of all callers with an {@link IllegalStateException}. Closing again does
   * nothing.
   */
  @Override
  void close();
}
