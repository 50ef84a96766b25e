package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A thread that does a task again and again, survives whatever the task throws, and can be woken
 * before its time.
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

  /** Real time in which a loop ends that has nothing left to wait for. */
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final String activity;
  private final Time time;
  private final Listeners listeners;
  private final Task task;
  private volatile @Nullable Thread thread;
  private volatile boolean stopped;
  private volatile boolean woken;
  private volatile Optional<Failing> failing = Optional.empty();
  private volatile Optional<Instant> busySince = Optional.empty();

  Loop(String name, String activity, Time time, Listeners listeners, Task task) {
    this.name = name;
    this.activity = activity;
    this.time = time;
    this.listeners = listeners;
    this.task = task;
  }

  void start() {
    time.execute(this::startThread, this::runUntilStopped);
  }

  private void startThread(Runnable task) {
    Thread fresh = new Thread(task, name);
    thread = fresh;
    fresh.start();
  }

  /** Lets the task be done again soon, even if the loop does not wait yet. */
  void wake() {
    woken = true;
    time.unpark(thread);
  }

  private void stop() {
    stopped = true;
    wake();
  }

  /** Lets loops end, and waits a little until the tasks that are being done have come to theirs. */
  static void stopAll(List<Loop> loops) {
    loops.forEach(Loop::stop);
    loops.forEach(Loop::join);
  }

  /** Whether the calling thread is this loop's. */
  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  private void join() {
    Thread running = thread;
    if (running == null) {
      return;
    }
    try {
      time.join(running, JOIN_TIMEOUT);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  String activity() {
    return activity;
  }

  /** Since when the task has been running, if it runs. */
  Optional<Instant> busySince() {
    return busySince;
  }

  /** How the task has been failing since it last succeeded. */
  Optional<Failing> failing() {
    return failing;
  }

  private void runUntilStopped() {
    while (!stopped) {
      woken = false;
      Instant next = runOnce();
      while (!stopped && !woken && time.now().isBefore(next)) {
        time.parkUntil(next);
        // Interrupts mean nothing here, and would keep the thread from parking.
        Thread.interrupted();
      }
    }
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
