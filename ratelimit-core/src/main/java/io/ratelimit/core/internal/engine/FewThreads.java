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
 * Runs tasks, however many there are, in as few threads of a pool as they need, in the order in
 * which they came. A thread goes on with what waits, and has others begin as long as something
 * does: tasks that take no time are run by few threads, those that block by one each. The time
 * knows of every thread that has work, and never waits for one that has none.
 *
 * <p>Where tasks have been {@linkplain #QUICK quick} for a while, handing one over takes longer
 * than it: a thread then leaves what it brings to itself. Should one be slow all the same, {@link
 * #look} finds what waits behind it. Thread-safe.
 */
final class FewThreads implements Executor {

  /** A thread that finds more work than its own has so many others begin. */
  private static final int BEGUN_BY_ONE = 2;

  /** A task that takes no longer is over before another thread has begun. */
  private static final Duration QUICK = Duration.ofNanos(10_000);

  /** One that takes longer is no mishap of a quick one. */
  private static final Duration SLOW = Duration.ofNanos(200_000);

  /** After so many quick ones, the next one is expected to be. */
  private static final int QUICK_ONES = 32;

  /** After so many, a few mishaps in a row change nothing. */
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
  // Of the busy ones, those that have not come to their first task yet.
  private int beginning;
  private int quickOnes;
  private long taken;
  private long takenAtLook;

  /** What a thread is at. */
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

  /** Returns what the calling thread is at; null: it is none of these. */
  private @Nullable Work mine() {
    Work work = CURRENT.get();
    return work != null && work.threads == this ? work : null;
  }

  /**
   * @param pool has a thread for every task
   * @param onIdle is done by a thread that finds no more tasks, and may bring some
   * @param onLeft is called when a thread leaves something to itself, so that {@link #look} is
   *     called from now on; empty: none ever does
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
   * Is asked by a task that has done all that takes time.
   *
   * @return whether the calling thread goes on at once with another task, which it has left to
   *     itself, or with what it does when it finds none
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

  /** Returns whether the next task is expected to be over before another thread has begun. */
  boolean expectsQuick() {
    synchronized (waiting) {
      return isQuick();
    }
  }

  private boolean isQuick() {
    return quickOnes >= QUICK_ONES && onLeft.isPresent();
  }

  /** Expects nothing of the next tasks: what was taken ahead has met a slow one. */
  void expectSlow() {
    synchronized (waiting) {
      quickOnes = 0;
    }
  }

  /**
   * Has others begin with what waits, if no task was taken since this was called before.
   *
   * @return whether something waits
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

  /** Returns whether the calling thread is one of these, at a task. */
  boolean isCurrent() {
    return mine() != null;
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
    // Whoever went on at once has just looked at the time.
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
      // As if the thread had died of it, but the tasks behind it are run.
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }
  }

  /** Returns whether a thread has nothing more to do; it is not busy any more then. */
  private boolean ends() {
    synchronized (waiting) {
      if (!waiting.isEmpty()) {
        return false;
      }
      busy--;
      return true;
    }
  }

  /** Returns the task to go on with; null: there is none. */
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
        // What waits is run when one of these threads has time.
      }
    }
  }

  /** Takes nothing more; what was taken is still run. */
  void shutdown() {
    pool.shutdown();
  }
}
