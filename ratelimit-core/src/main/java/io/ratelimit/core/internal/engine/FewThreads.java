package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks, however many there are, in a few threads of a pool, in the order in which they came.
 * A task begins at once, or where another one ends: the time knows of every thread that has work,
 * and never waits for one that has none. Thread-safe.
 */
final class FewThreads implements Executor {

  private final int most;
  private final ExecutorService pool;
  private final Time time;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int busy;

  /**
   * @param pool has a thread for every task, and is nobody else's
   */
  FewThreads(int most, ExecutorService pool, Time time) {
    this.most = most;
    this.pool = pool;
    this.time = time;
  }

  /**
   * Runs a task soon.
   *
   * @throws RejectedExecutionException after the shutdown
   */
  @Override
  public void execute(Runnable task) {
    if (pool.isShutdown()) {
      throw new RejectedExecutionException("these threads have been shut down");
    }
    synchronized (waiting) {
      if (busy == most) {
        waiting.addLast(task);
        return;
      }
      busy++;
    }
    try {
      time.execute(pool, () -> runFrom(task));
    } catch (RuntimeException | Error noThread) {
      synchronized (waiting) {
        busy--;
      }
      throw noThread;
    }
  }

  private void runFrom(Runnable first) {
    for (Runnable task = first; task != null; task = next()) {
      try {
        task.run();
      } catch (Throwable failure) {
        // As if the thread had died of it, but the tasks behind it are run.
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
      }
    }
  }

  /** The task to go on with; null: there is none, and the thread is not busy any more. */
  private @Nullable Runnable next() {
    synchronized (waiting) {
      Runnable task = waiting.pollFirst();
      if (task == null) {
        busy--;
      }
      return task;
    }
  }

  /** Takes nothing more; what was taken is still run. */
  void shutdown() {
    pool.shutdown();
  }
}
