package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks, however many there are, in as few threads of a pool as they need, in the order in
 * which they came. A thread goes on with what waits, and has others begin as long as something
 * does: tasks that take no time are run by few threads, those that block by one each. The time
 * knows of every thread that has work, and never waits for one that has none. Thread-safe.
 */
final class FewThreads implements Executor {

  /** A thread that finds more work than its own has so many others begin. */
  private static final int BEGUN_BY_ONE = 2;

  private final int most;
  private final ExecutorService pool;
  private final Time time;
  private final ThreadLocal<@Nullable Boolean> mine = new ThreadLocal<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int busy;
  // Of the busy ones, those that have not come to their first task yet.
  private int beginning;

  /**
   * @param pool has a thread for every task
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
    requireOpen();
    synchronized (waiting) {
      waiting.addLast(task);
      if (!mayBegin(1)) {
        return;
      }
    }
    try {
      begin();
    } catch (RuntimeException | Error noThread) {
      synchronized (waiting) {
        // Unless another thread has got hold of it.
        if (waiting.removeLastOccurrence(task)) {
          throw noThread;
        }
      }
    }
  }

  /**
   * Runs a task soon: in the calling thread, if it is one of these, when that has done its own, or
   * in one that gets there before.
   *
   * @throws RejectedExecutionException after the shutdown
   */
  void executeNext(Runnable task) {
    if (mine.get() == null) {
      execute(task);
      return;
    }
    requireOpen();
    synchronized (waiting) {
      waiting.addLast(task);
    }
  }

  /** Returns whether the calling thread is one of these, at a task. */
  boolean isCurrent() {
    return mine.get() != null;
  }

  private void requireOpen() {
    if (pool.isShutdown()) {
      throw new RejectedExecutionException("these threads have been shut down");
    }
  }

  /** Returns whether one more is to begin, if fewer than so many do; it is counted then. */
  private boolean mayBegin(int atOnce) {
    boolean may = busy < most && beginning < Math.min(atOnce, waiting.size());
    if (may) {
      busy++;
      beginning++;
    }
    return may;
  }

  private void begin() {
    try {
      time.execute(pool, this::runAll);
    } catch (RuntimeException | Error noThread) {
      synchronized (waiting) {
        busy--;
        beginning--;
      }
      throw noThread;
    }
  }

  private void runAll() {
    mine.set(true);
    try {
      for (Runnable task = next(true); task != null; task = next(false)) {
        run(task);
      }
    } finally {
      mine.remove();
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      // As if the thread had died of it, but the tasks behind it are run.
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }
  }

  /** Returns the task to go on with; null: there is none, and the thread is not busy any more. */
  private @Nullable Runnable next(boolean isFirst) {
    Runnable task;
    int others = 0;
    synchronized (waiting) {
      if (isFirst) {
        beginning--;
      }
      task = waiting.pollFirst();
      if (task == null) {
        busy--;
        return null;
      }
      while (others < BEGUN_BY_ONE && mayBegin(isFirst ? BEGUN_BY_ONE : 1)) {
        others++;
      }
    }
    for (int n = 0; n < others; n++) {
      try {
        begin();
      } catch (RuntimeException | Error noThread) {
        // What waits is run when one of these threads has time.
      }
    }
    return task;
  }

  /** Takes nothing more; what was taken is still run. */
  void shutdown() {
    pool.shutdown();
  }
}
