package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Lets one thread wait until something is so, and others tell it to look again. Thread-safe. */
final class Waiting {

  private final Time time;
  private volatile @Nullable Thread waiter;

  Waiting(Time time) {
    this.time = time;
  }

  /**
   * Waits until a condition holds, until the deadline, or until the calling thread is interrupted,
   * whose interrupt status then stays set.
   */
  void until(Instant deadline, BooleanSupplier condition) {
    waiter = Thread.currentThread();
    while (!condition.getAsBoolean()
        && time.now().isBefore(deadline)
        && !Thread.currentThread().isInterrupted()) {
      time.parkUntil(deadline);
    }
  }

  /** The condition may hold now. */
  void lookAgain() {
    LockSupport.unpark(waiter);
  }
}
