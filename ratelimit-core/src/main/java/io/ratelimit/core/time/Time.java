package io.ratelimit.core.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Time as a dependency: what time it is, and waiting for a time. Everything in this library that
 * reads or waits does it here, and so does whatever wakes a waiting thread or gives another thread
 * work. Tests and simulations can put virtual time underneath, even one in which threads take turns
 * and every run is the same.
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

  /** Returns the present. */
  Instant now();

  /**
   * Blocks the calling thread until a time, until another thread {@linkplain
   * java.util.concurrent.locks.LockSupport#unpark unparks} it, until it is interrupted, or for no
   * reason at all; the caller looks again in a loop. Returns at once if the time is past, or if the
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
   * Hands a task to an executor, whose threads may then wait for this time. By default by {@link
   * Executor#execute} alone; a time that does not pass while somebody works learns here of the
   * work.
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
