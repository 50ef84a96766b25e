package io.ratelimit.core.time;

import java.time.Duration;
import java.time.Instant;

/**
 * Time as a dependency: what time it is, and waiting for a time. Everything in this library that
 * reads or waits does it here, so that tests and simulations can put virtual time underneath.
 *
 * <p>Implementations are thread-safe, and {@link #now()} never goes back.
 */
public interface Time {

  /** Real time: the wall clock as it was when the JVM first asked, and monotone from there. */
  static Time system() {
    return SystemTime.INSTANCE;
  }

  /**
   * Real time that runs faster: everything that takes a minute takes a minute / factor.
   *
   * @param factor more than 0; 1 is real time
   * @throws IllegalArgumentException if the factor is not a finite number above 0
   */
  static Time accelerated(double factor) {
    return new AcceleratedTime(system(), factor);
  }

  /** The present. */
  Instant now();

  /**
   * Blocks the calling thread until a time, until another thread {@linkplain
   * java.util.concurrent.locks.LockSupport#unpark unparks} it, until it is interrupted, or for no
   * reason at all; the caller looks again in a loop. Returns at once if the time is past, or if the
   * thread was unparked or interrupted before. The interrupt status is left as it is.
   */
  void parkUntil(Instant deadline);

  /**
   * Blocks the calling thread until a time.
   *
   * @throws InterruptedException if the thread is interrupted; its interrupt status is cleared
   */
  default void sleepUntil(Instant deadline) throws InterruptedException {
    while (now().isBefore(deadline)) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while sleeping until " + deadline);
      }
      parkUntil(deadline);
    }
  }

  /**
   * Blocks the calling thread for a time.
   *
   * @throws InterruptedException if the thread is interrupted; its interrupt status is cleared
   */
  default void sleep(Duration duration) throws InterruptedException {
    sleepUntil(now().plus(duration));
  }
}
