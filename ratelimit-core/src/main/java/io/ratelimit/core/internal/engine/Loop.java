package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task repeatedly, survives whatever the task throws, and can be woken early. It has no
 * thread of its own: all loops with the same time share threads.
 */
final class Loop {

  /**
   * Failures in a row.
   *
   * @param times how many there were
   * @param since when the first one occurred
   * @param latest the latest one
   */
  record Failing(int times, Instant since, Throwable latest) {}

  /** A task that runs repeatedly. */
  interface Task {
    /** Runs once, and returns when to run again unless the loop is woken earlier. */
    Instant run() throws InterruptedException;
  }

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

  /** How long a stopping loop waits for a task that is running. */
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final String activity;
  private final Time time;
  private final Listeners listeners;
  private final Task task;
  private final Waiting ending;
  // The task sees the class loader of the loop's owner, whoever else shares the threads.
  private final @Nullable ClassLoader contextLoader =
      Thread.currentThread().getContextClassLoader();
  private volatile @Nullable Thread thread;
  private final Object lock = new Object();
  // Guarded by the lock.
  private @Nullable LoopThreads threads;
  private LoopThreads.@Nullable Turn turn;
  private boolean stopped;
  private boolean woken;
  private volatile Optional<Failing> failing = Optional.empty();
  private volatile Optional<Instant> busySince = Optional.empty();

  Loop(String name, String activity, Time time, Listeners listeners, Task task) {
    this.name = name;
    this.activity = activity;
    this.time = time;
    this.listeners = listeners;
    this.task = task;
    this.ending = new Waiting(time);
  }

  void start() {
    synchronized (lock) {
      LoopThreads joined = LoopThreads.join(time);
      threads = joined;
      turn = joined.turn(this::runTurn);
      turn.runNow();
    }
  }

  /** Makes the task run soon, and once more if it is running now. */
  void wake() {
    synchronized (lock) {
      woken = true;
      if (turn != null && thread == null && !stopped) {
        turn.runNow();
      }
    }
  }

  private void stop() {
    LoopThreads joined;
    synchronized (lock) {
      stopped = true;
      joined = threads;
      threads = null;
      if (turn != null) {
        turn.forget();
      }
    }
    if (joined != null) {
      joined.leave();
    }
  }

  /** Stops loops, and waits a little for running tasks to end. */
  static void stopAll(List<Loop> loops) {
    loops.forEach(Loop::stop);
    loops.forEach(Loop::join);
  }

  /** Returns whether the calling thread runs this loop's task. */
  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  private void join() {
    ending.until(time.now().plus(JOIN_TIMEOUT), () -> thread == null);
  }

  String activity() {
    return activity;
  }

  /** Returns since when the task has been running; empty if it is not. */
  Optional<Instant> busySince() {
    return busySince;
  }

  /** Returns the task's failures since it last succeeded; empty if there are none. */
  Optional<Failing> failing() {
    return failing;
  }

  private void runTurn() {
    Thread runner = Thread.currentThread();
    synchronized (lock) {
      if (stopped || thread != null) {
        return;
      }
      thread = runner;
      woken = false;
    }
    String itsOwn = runner.getName();
    runner.setName(name);
    runner.setContextClassLoader(contextLoader);
    Instant next = runOnce();
    // An interrupt means nothing here, and would keep the thread from parking.
    Thread.interrupted();
    runner.setContextClassLoader(null);
    runner.setName(itsOwn);
    synchronized (lock) {
      thread = null;
      if (!stopped && turn != null) {
        if (woken || !next.isAfter(time.now())) {
          turn.runNow();
        } else {
          turn.runAt(next);
        }
      }
    }
    ending.lookAgain();
  }

  private Instant runOnce() {
    busySince = Optional.of(time.now());
    try {
      Instant next = task.run();
      failing = Optional.empty();
      return next;
    } catch (InterruptedException interrupted) {
      return time.now();
    } catch (Throwable failure) {
      Instant now = time.now();
      int failures = failing.map(Failing::times).orElse(0) + 1;
      failing =
          Optional.of(new Failing(failures, failing.map(Failing::since).orElse(now), failure));
      listeners.failed(activity, failure);
      return time.now().plus(backoff(failures));
    } finally {
      busySince = Optional.empty();
      listeners.warnings().tellDue();
    }
  }

  private static Duration backoff(int failures) {
    int doublings = Math.min(failures - 1, 10);
    Duration backoff = FIRST_BACKOFF.multipliedBy(1L << doublings);
    return backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff : LONGEST_BACKOFF;
  }
}
