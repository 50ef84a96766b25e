package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs any number of tasks, in order, in as few threads of a pool as they need. A thread continues
 * with the tasks that wait, and starts others as long as some do: few threads run quick tasks,
 * while each blocking task gets its own. Virtual time knows of every thread that has work, and
 * never waits for one that has none.
 *
 * <p>When tasks have been {@linkplain #QUICK quick} for a while, handing one over takes longer than
 * running it, so a thread keeps the tasks it brings for itself. If one turns out to be slow, {@link
 * #look} finds the tasks that wait behind it. Thread-safe.
 */
final class FewThreads implements Executor {

  /** How many other threads a thread starts if it finds more work than its own. */
  private static final int BEGUN_BY_ONE = 2;

  /** A task that takes no longer ends before another thread could begin. */
  private static final Duration QUICK = Duration.ofNanos(10_000);

  /** A task that takes longer is slow by nature, not a quick one that was delayed. */
  private static final Duration SLOW = Duration.ofNanos(200_000);

  /** After this many quick tasks, the next one is expected to be quick. */
  private static final int QUICK_ONES = 32;

  /** After this many quick tasks, a few delayed ones in a row change nothing. */
  private static final int MOST_QUICK_ONES = 32 * QUICK_ONES;

  private static final ThreadLocal<@Nullable Work> CURRENT = new ThreadLocal<>();

  private final int most;
  private final ExecutorService pool;
  private final Time time;
  private final Runnable onIdle;
  private final Optional<Runnable> onLeft;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  // Guarded by `waiting`, from here on.
  private int busy;
  // The busy threads that have not reached their first task yet.
  private int beginning;
  private int quickOnes;
  private long taken;
  private long takenAtLook;

  /** The state of a thread. */
  private static final class Work {
    private final FewThreads threads;
    private Instant since = Instant.MIN;
    private boolean isMeasured;
    private boolean hasNext;
    private boolean goesOn;

    Work(FewThreads threads) {
      this.threads = threads;
    }
  }

  /** Returns the state of the calling thread; null if it is not one of these threads. */
  private @Nullable Work mine() {
    Work work = CURRENT.get();
    return work != null && work.threads == this ? work : null;
  }

  /**
   * @param pool a pool that can start a thread for every task
   * @param onIdle run by a thread that finds no more tasks; may bring more
   * @param onLeft called when a thread keeps tasks for itself, so that {@link #look} is called from
   *     then on; if empty, threads never do that
   */
  FewThreads(
      int most, ExecutorService pool, Time time, Runnable onIdle, Optional<Runnable> onLeft) {
    this.most = most;
    this.pool = pool;
    this.time = time;
    this.onIdle = onIdle;
    this.onLeft = onLeft;
  }

  /**
   * Runs a task soon.
   *
   * @throws RejectedExecutionException after the shutdown
   */
  @Override
  public void execute(Runnable task) {
    requireOpen();
    boolean isLeft;
    synchronized (waiting) {
      waiting.addLast(task);
      isLeft = isQuick() && mine() != null;
      if (!isLeft && !mayBegin(1)) {
        return;
      }
    }
    if (isLeft) {
      onLeft.ifPresent(Runnable::run);
      return;
    }
    try {
      begin();
    } catch (RuntimeException | Error noThread) {
      synchronized (waiting) {
        // Unless another thread has taken it.
        if (waiting.removeLastOccurrence(task)) {
          throw noThread;
        }
      }
    }
  }

  /**
   * Runs a task soon: in the calling thread after its current task, if it is one of these threads,
   * or in another thread that is free earlier.
   *
   * @throws RejectedExecutionException after the shutdown
   */
  void executeNext(Runnable task) {
    Work work = mine();
    if (work == null) {
      execute(task);
      return;
    }
    requireOpen();
    work.hasNext = true;
    synchronized (waiting) {
      waiting.addLast(task);
    }
  }

  /**
   * Called by a task that has done everything that takes time.
   *
   * @return whether the calling thread continues at once with another task that it kept for itself,
   *     or with its idle task
   */
  boolean goesOn() {
    Work work = mine();
    if (work == null || onLeft.isEmpty()) {
      return false;
    }
    boolean goesOn;
    Duration took = measure(work);
    synchronized (waiting) {
      note(took);
      goesOn = (work.hasNext || isQuick()) && !waiting.isEmpty();
    }
    work.goesOn = goesOn;
    if (goesOn) {
      onLeft.get().run();
    }
    return goesOn;
  }

  private Duration measure(Work work) {
    Instant now = time.now();
    Duration took = Duration.between(work.since, now);
    work.isMeasured = true;
    work.since = now;
    return took;
  }

  private void note(Duration took) {
    if (took.compareTo(QUICK) <= 0) {
      quickOnes = Math.min(MOST_QUICK_ONES, quickOnes + 1);
    } else {
      quickOnes = took.compareTo(SLOW) <= 0 ? quickOnes / 2 : 0;
    }
  }

  /** Returns whether the next task is expected to end before another thread could begin. */
  boolean expectsQuick() {
    synchronized (waiting) {
      return isQuick();
    }
  }

  private boolean isQuick() {
    return quickOnes >= QUICK_ONES && onLeft.isPresent();
  }

  /** Stops expecting quick tasks: events taken ahead were behind a slow attempt. */
  void expectSlow() {
    synchronized (waiting) {
      quickOnes = 0;
    }
  }

  /**
   * Starts other threads if tasks wait and none was taken since the previous call.
   *
   * @return whether tasks wait
   */
  boolean look() {
    int others = 0;
    synchronized (waiting) {
      boolean isStuck = taken == takenAtLook;
      takenAtLook = taken;
      if (waiting.isEmpty() || !isStuck) {
        return !waiting.isEmpty();
      }
      quickOnes = 0;
      while (others < BEGUN_BY_ONE && mayBegin(BEGUN_BY_ONE)) {
        others++;
      }
    }
    beginAll(others);
    return true;
  }

  /** Returns whether the calling thread is one of these threads. */
  boolean isCurrent() {
    return mine() != null;
  }

  private void requireOpen() {
    if (pool.isShutdown()) {
      throw new RejectedExecutionException("these threads have been shut down");
    }
  }

  /**
   * Returns whether to start another thread while fewer than a given number are starting; counts it
   * if so.
   */
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
    Work work = new Work(this);
    CURRENT.set(work);
    try {
      boolean isFirst = true;
      boolean isDone = false;
      while (!isDone) {
        Runnable task = next(isFirst);
        isFirst = false;
        if (task == null) {
          work.goesOn = false;
          run(onIdle);
          isDone = ends();
        } else {
          run(task, work);
        }
      }
    } finally {
      CURRENT.remove();
    }
  }

  private void run(Runnable task, Work work) {
    if (onLeft.isEmpty()) {
      run(task);
      return;
    }
    // A thread that continued at once has just read the time.
    if (!work.goesOn) {
      work.since = time.now();
    }
    work.goesOn = false;
    work.isMeasured = false;
    work.hasNext = false;
    run(task);
    if (!work.isMeasured) {
      Duration took = measure(work);
      synchronized (waiting) {
        note(took);
      }
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      // Report it as if the thread had died, but run the tasks behind it.
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }
  }

  /** Returns whether a thread has nothing more to do; if so, it is no longer busy. */
  private boolean ends() {
    synchronized (waiting) {
      if (!waiting.isEmpty()) {
        return false;
      }
      busy--;
      return true;
    }
  }

  /** Returns the next task; null if there is none. */
  private @Nullable Runnable next(boolean isFirst) {
    Runnable task;
    int others = 0;
    synchronized (waiting) {
      if (isFirst) {
        beginning--;
      }
      task = waiting.pollFirst();
      if (task == null) {
        return null;
      }
      taken++;
      while (!isQuick() && others < BEGUN_BY_ONE && mayBegin(isFirst ? BEGUN_BY_ONE : 1)) {
        others++;
      }
    }
    beginAll(others);
    return task;
  }

  private void beginAll(int others) {
    for (int n = 0; n < others; n++) {
      try {
        begin();
      } catch (RuntimeException | Error noThread) {
        // Waiting tasks run when one of these threads has time.
      }
    }
  }

  /** Accepts no more tasks; those accepted before still run. */
  void shutdown() {
    pool.shutdown();
  }
}
