package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Does a task again and again, survives whatever the task throws, and can be woken before its time.
 * It has no thread of its own, but runs in one of those that all loops of its time share.
 */
final class Loop {

  /**
   * Failures in a row.
   *
   * @param times how many
   * @param since when the first one came
   * @param latest the last one
   */
  record Failing(int times, Instant since, Throwable latest) {}

  /** Something to do again and again. */
  interface Task {
    /** Does it once, and returns when to do it again unless the loop is woken before. */
    Instant run() throws InterruptedException;
  }

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

  /** How long is waited for a task that is being done when its loop ends. */
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final String activity;
  private final Time time;
  private final Listeners listeners;
  private final Task task;
  private final Waiting ending;
  // What the task sees is what the loop's owner does, not who else shares the threads.
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

  /** Lets the task be done again soon, even if it is being done. */
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

  /** Lets loops end, and waits a little until the tasks that are being done have come to theirs. */
  static void stopAll(List<Loop> loops) {
    loops.forEach(Loop::stop);
    loops.forEach(Loop::join);
  }

  /** Returns whether the calling thread is this loop's. */
  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  private void join() {
    ending.until(time.now().plus(JOIN_TIMEOUT), () -> thread == null);
  }

  String activity() {
    return activity;
  }

  /** Since when the task has been running, if it runs. */
  Optional<Instant> busySince() {
    return busySince;
  }

  /** Returns how the task has been failing since it last succeeded. */
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
    // Interrupts mean nothing here, and would keep the thread from parking.
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
