package io.ratelimit.core.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Time as a dependency: reading the time and waiting for it. Everything in this library that reads
 * the time, waits, wakes a waiting thread or gives work to another thread does so through this
 * interface. Tests and simulations can use virtual time instead, even one in which threads take
 * turns and every run has the same result.
 *
 * <p>Implementations are thread-safe, and {@link #now()} never goes back.
 */
public interface Time {

  /** Real time: the wall clock when the JVM first reads it, and monotonic from then on. */
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

  /** Returns the present. */
  Instant now();

  /**
   * Blocks the calling thread until a time, until another thread {@linkplain
   * java.util.concurrent.locks.LockSupport#unpark unparks} it, or until it is interrupted; it may
   * also return for no reason, so call it in a loop. Returns at once if the time is past, or if the
   * thread was unparked or interrupted before. The interrupt status is left as it is.
   *
   * @param deadline {@link Instant#MAX} for no deadline
   */
  void parkUntil(Instant deadline);

  /**
   * Wakes a thread that waits in {@link #parkUntil}, or lets its next wait return at once. By
   * default by {@link LockSupport#unpark}.
   *
   * @param thread null: nobody is woken
   */
  default void unpark(@Nullable Thread thread) {
    LockSupport.unpark(thread);
  }

  /**
   * Passes a task to an executor whose threads may wait for this time. By default, only calls
   * {@link Executor#execute}; a time that does not pass while threads work learns of the work here.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the executor refuses the task
   */
  default void execute(Executor executor, Runnable task) {
    executor.execute(task);
  }

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
