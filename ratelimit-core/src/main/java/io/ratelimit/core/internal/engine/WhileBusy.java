package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** A task that runs only while there is something to watch, and otherwise sleeps. Thread-safe. */
final class WhileBusy implements Loop.Task {

  private final Loop.Task task;
  private final Duration interval;
  private final BooleanSupplier busy;
  private final Time time;
  private volatile boolean asleep;

  /**
   * @param interval the time from waking up until the first run of the task
   */
  WhileBusy(Loop.Task task, Duration interval, BooleanSupplier busy, Time time) {
    this.task = task;
    this.interval = interval;
    this.busy = busy;
    this.time = time;
  }

  /** Returns whether the loop has to be woken when there is something to watch again. */
  boolean isAsleep() {
    return asleep;
  }

  @Override
  public Instant run() throws InterruptedException {
    if (!asleep && busy.getAsBoolean()) {
      return task.run();
    }
    // Work that begins from here on wakes the loop.
    asleep = true;
    if (!busy.getAsBoolean()) {
      return Instant.MAX;
    }
    asleep = false;
    return time.now().plus(interval);
  }
}
