package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Lets threads wait until something is so, and others tell it to look again. Thread-safe. */
final class Waiting {

  private final Time time;
  private final Set<Thread> waiters = ConcurrentHashMap.newKeySet();

  Waiting(Time time) {
    this.time = time;
  }

  /**
   * Waits until a condition holds, until the deadline, or until the calling thread is interrupted,
   * whose interrupt status then stays set.
   */
  void until(Instant deadline, BooleanSupplier condition) {
    Thread waiter = Thread.currentThread();
    waiters.add(waiter);
    try {
      while (!condition.getAsBoolean()
          && time.now().isBefore(deadline)
          && !waiter.isInterrupted()) {
        time.parkUntil(deadline);
      }
    } finally {
      waiters.remove(waiter);
    }
  }

  /** The condition may hold now. */
  void lookAgain() {
    waiters.forEach(time::unpark);
  }
}
