package io.ratelimit.core.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A time that stands still until it is advanced, for tests and simulations. Threads that wait for
 * it wake when it has been advanced far enough.
 */
public final class VirtualTime implements Time {

  private static final Duration RECHECK = Duration.ofSeconds(1);

  private final Map<Thread, Instant> waiting = new ConcurrentHashMap<>();
  private volatile Instant now;

  private VirtualTime(Instant start) {
    this.now = start;
  }

  /** Returns a time that stands at this instant. */
  public static VirtualTime startingAt(Instant start) {
    return new VirtualTime(start);
  }

  /** Returns a time that stands at the epoch, 1970-01-01T00:00:00Z. */
  public static VirtualTime atEpoch() {
    return startingAt(Instant.EPOCH);
  }

  @Override
  public Instant now() {
    return now;
  }

  /**
   * Advances to an instant, and wakes all threads that wait for it or for an earlier one.
   *
   * @throws IllegalArgumentException if the instant is before now
   */
  public synchronized void advanceTo(Instant instant) {
    if (instant.isBefore(now)) {
      throw new IllegalArgumentException("time does not go back from " + now + " to " + instant);
    }
    now = instant;
    waiting.forEach(
        (thread, deadline) -> {
          if (!deadline.isAfter(instant)) {
            LockSupport.unpark(thread);
          }
        });
  }

  /**
   * Advances by a duration, and wakes all threads that wait for a time that has been reached.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  public synchronized void advance(Duration duration) {
    advanceTo(now.plus(duration));
  }

  @Override
  public void parkUntil(Instant deadline) {
    waiting.put(Thread.currentThread(), deadline);
    try {
      if (now.isBefore(deadline)) {
        // The bound only saves a caller whose waker died; a spurious return is allowed.
        LockSupport.parkNanos(this, RECHECK.toNanos());
      }
    } finally {
      waiting.remove(Thread.currentThread());
    }
  }

  @Override
  public String toString() {
    return "virtual time " + now;
  }
}
